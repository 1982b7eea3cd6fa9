import type { Clock } from '#core/clock';
import { type Digest, digestAlgorithm, digestOf } from '#core/digest';
import { AppError } from '#core/errors';
import type { RepositoryName } from '#core/reference';
import { nativeHash, restoreHash } from '#core/running-hash';
import type { BlobStorage, StoredPart } from '#domain/blobs/blob-storage';
import type { BlobRegistrar } from '#domain/uploads/blob-registrar';
import { ByteSource } from '#domain/uploads/byte-source';
import type { ObjectAssembler } from '#domain/uploads/object-assembler';
import type { CarryObject, HashSoFar, UploadLayout } from '#domain/uploads/session';
import type { UploadLeftovers } from '#domain/uploads/upload-leftovers';
import type { UploadSessions } from '#domain/uploads/upload-sessions';

/** Memory for reading an object once more, outside the budget of `buffer-pool.ts`. */
const HASHING_BYTES = 256 * 1024;

/** Where a blob shall be linked. */
export interface BlobTarget {
  readonly projectId: number;
  readonly repository: RepositoryName;
  readonly digest: Digest;
}

export interface UploadFinisherDeps {
  readonly storage: BlobStorage;
  readonly blobs: BlobRegistrar;
  readonly sessions: UploadSessions;
  readonly assembler: ObjectAssembler;
  readonly leftovers: UploadLeftovers;
  readonly clock: Clock;
}

export type FinishOutcome = { readonly kind: 'finished' } | { readonly kind: 'refused'; readonly offsetBytes: number };

/** What the session knows of the bytes; `parts` are the full ones. */
interface StoredUpload {
  readonly layout: UploadLayout;
  readonly parts: readonly StoredPart[];
}

const FINISHED: FinishOutcome = { kind: 'finished' };

/**
 * Turns what an upload has stored into a blob: check → complete → journal → row → done. The session remembers that it
 * is being finished, and as what, from the first step to the last; each step may be repeated, so a request that stops
 * anywhere is carried on by the next one with the same digest.
 */
export class UploadFinisher {
  readonly #deps: UploadFinisherDeps;

  constructor(deps: UploadFinisherDeps) {
    this.#deps = deps;
  }

  async finish(id: string, target: BlobTarget): Promise<FinishOutcome> {
    const answer = await this.#deps.sessions.finish(id, target.digest);
    if (answer.kind === 'gone') throw new AppError('BLOB_UPLOAD_UNKNOWN');
    if (answer.kind === 'refused') return answer;
    if (answer.kind === 'done') return FINISHED;
    if (answer.layout.offsetBytes === 0) await this.#finishEmpty(id, target);
    else await this.#finishStored(id, target, answer);
    await this.#deps.sessions.markDone(id, target.digest);
    return FINISHED;
  }

  /** Makes an object whose bytes have the target's digest a blob; when the content was there already, it goes. */
  async commit(target: BlobTarget, object: CarryObject): Promise<void> {
    const { blobs, storage, clock } = this.#deps;
    const { objectKey, sizeBytes } = object;
    const blob = await blobs.commitUpload({ ...target, objectKey, sizeBytes, nowMs: clock.nowMs() });
    if (blob.objectKey !== objectKey) await storage.delete([objectKey]);
  }

  /**
   * A final PUT with nothing before it is the empty blob, or repeats a PUT that brought the whole blob and left no
   * session.
   */
  async #finishEmpty(id: string, target: BlobTarget): Promise<void> {
    const { storage, blobs } = this.#deps;
    if (await blobs.findLinked(target.repository, target.digest)) return;
    const bytes = new Uint8Array(0);
    if (digestOf(bytes, digestAlgorithm(target.digest)) !== target.digest) return this.#rejectDigest(id, target);
    const objectKey = await storage.newObjectKey();
    await storage.write(objectKey, bytes, { kind: 'blob', repository: target.repository, digest: target.digest });
    await this.commit(target, { objectKey, sizeBytes: 0 });
  }

  async #finishStored(id: string, target: BlobTarget, stored: StoredUpload): Promise<void> {
    const algorithm = digestAlgorithm(target.digest);
    const known = knownDigest(stored.layout.hash);
    const isKnown = known !== undefined && digestAlgorithm(known) === algorithm;
    if (isKnown && known !== target.digest) return this.#rejectDigest(id, target);
    const object = await this.#assemble(target, stored);
    if (!object) return;
    if (!isKnown && (await this.#readDigest(object.objectKey, target.digest)) !== target.digest) {
      return this.#rejectDigest(id, target);
    }
    if (object.labelledDigest !== target.digest) {
      const { repository, digest } = target;
      await this.#deps.storage.writeJournal(object.objectKey, { kind: 'blob', repository, digest });
    }
    await this.commit(target, object);
    const { carry } = stored.layout;
    if (carry && carry.objectKey !== object.objectKey) await this.#deps.storage.delete([carry.objectKey]);
  }

  /** Undefined when an earlier attempt has found the content to be there already, and removed the object. */
  async #assemble(
    { repository, digest }: BlobTarget,
    { layout, parts }: StoredUpload,
  ): Promise<CarryObject | undefined> {
    try {
      const object = await this.#deps.assembler.assemble(layout, parts);
      if (!object) throw new Error('an upload with bytes has no object');
      return object;
    } catch (error) {
      if (await this.#deps.blobs.findLinked(repository, digest)) return undefined;
      throw error;
    }
  }

  /** Reads the object once, because no hash could follow its bytes as they came. */
  async #readDigest(objectKey: string, wanted: Digest): Promise<Digest> {
    const stream = await this.#deps.storage.read(objectKey);
    if (!stream) throw new Error(`the object ${objectKey} of an upload is missing`);
    const hash = nativeHash(digestAlgorithm(wanted));
    const source = new ByteSource([{ bytes: stream, isHashed: true }], { hash });
    const buffer = { bytes: new Uint8Array(HASHING_BYTES), touchedAtMs: 0 };
    while ((await source.fill(buffer, 0, HASHING_BYTES)) === HASHING_BYTES);
    return hash.digest();
  }

  async #rejectDigest(id: string, { digest }: BlobTarget): Promise<never> {
    const answer = await this.#deps.sessions.discard(id, digest);
    if (answer.kind === 'discarded') await this.#deps.leftovers.discard(answer.layout);
    throw new AppError('DIGEST_INVALID', { detail: { digest } });
  }
}

function knownDigest(hash: HashSoFar | undefined): Digest | undefined {
  if (hash === undefined) return undefined;
  return hash.kind === 'digest' ? hash.digest : restoreHash(hash.saved).digest();
}
