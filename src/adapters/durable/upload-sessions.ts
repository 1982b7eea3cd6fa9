import { isTransientFailure } from '#adapters/durable/failures';
import type { Digest } from '#core/digest';
import { retryTransient, tryOnce } from '#core/retry';
import type { StoredPart } from '#domain/blobs/blob-storage';
import { homeOf } from '#domain/uploads/upload-id';
import type {
  ClaimAnswer,
  DiscardAnswer,
  FinishAnswer,
  Progress,
  RecordAnswer,
  UploadSessions,
} from '#domain/uploads/upload-sessions';

/** What an `UploadSession` object answers over RPC (`durable/upload-session.ts`). */
interface UploadSessionStub {
  offset(id: string): Promise<number | undefined>;
  claim(id: string, firstByte: number | undefined): Promise<ClaimAnswer>;
  record(id: string, progress: Progress): Promise<RecordAnswer>;
  renew(id: string, epoch: number): Promise<boolean>;
  parts(id: string): Promise<StoredPart[]>;
  finish(id: string, digest: Digest): Promise<FinishAnswer>;
  markDone(id: string, digest: Digest): Promise<void>;
  discard(id: string, digest: Digest | undefined): Promise<DiscardAnswer>;
}

/**
 * Sessions in Durable Objects; an upload's id says in which. Calls whose repetition would be taken for a rival's are
 * made once.
 */
export class DurableUploadSessions implements UploadSessions {
  readonly #namespace: DurableObjectNamespace;

  constructor(deps: { readonly namespace: DurableObjectNamespace }) {
    this.#namespace = deps.namespace;
  }

  offset(id: string): Promise<number | undefined> {
    return retryTransient(() => this.#home(id).offset(id), isTransientFailure);
  }

  claim(id: string, firstByte: number | undefined): Promise<ClaimAnswer> {
    return tryOnce(() => this.#home(id).claim(id, firstByte), isTransientFailure);
  }

  record(id: string, progress: Progress): Promise<RecordAnswer> {
    return tryOnce(() => this.#home(id).record(id, progress), isTransientFailure);
  }

  renew(id: string, epoch: number): Promise<boolean> {
    return retryTransient(() => this.#home(id).renew(id, epoch), isTransientFailure);
  }

  parts(id: string): Promise<readonly StoredPart[]> {
    return retryTransient(() => this.#home(id).parts(id), isTransientFailure);
  }

  finish(id: string, digest: Digest): Promise<FinishAnswer> {
    return retryTransient(() => this.#home(id).finish(id, digest), isTransientFailure);
  }

  markDone(id: string, digest: Digest): Promise<void> {
    return retryTransient(() => this.#home(id).markDone(id, digest), isTransientFailure);
  }

  discard(id: string, digest?: Digest): Promise<DiscardAnswer> {
    return tryOnce(() => this.#home(id).discard(id, digest), isTransientFailure);
  }

  /** The platform types stubs by the class, which this ring may not know. */
  #home(id: string): UploadSessionStub {
    return this.#namespace.getByName(homeOf(id)) as unknown as UploadSessionStub;
  }
}
