import { BoundedCache } from '#core/bounded-cache';
import type { ByteRange } from '#core/byte-range';
import type { Clock } from '#core/clock';
import type { Digest } from '#core/digest';
import { AppError } from '#core/errors';
import type { RepositoryName } from '#core/reference';
import type { Blob } from '#domain/blobs/blob';
import type { BlobMount, BlobStore } from '#domain/blobs/blob-store';
import type { ContentReader } from '#domain/blobs/content-reader';

/** How long this isolate may serve a blob whose link was removed elsewhere. */
const FACT_TTL_MS = 10_000;
const MAX_FACTS = 20_000;

export interface BlobServiceDeps {
  readonly store: BlobStore;
  readonly content: ContentReader;
  readonly clock: Clock;
}

/** Blobs of a repository: looking, reading, linking. Their bytes arrive through `domain/uploads`. */
export class BlobService {
  readonly #deps: BlobServiceDeps;
  readonly #facts: BoundedCache<Blob>;

  constructor(deps: BlobServiceDeps) {
    this.#deps = deps;
    this.#facts = new BoundedCache({ maxWeight: MAX_FACTS, ttlMs: FACT_TTL_MS, clock: deps.clock });
  }

  /** The blob, as a reader may see it; BLOB_UNKNOWN when the repository has no link to it. */
  async stat(repository: RepositoryName, digest: Digest): Promise<Blob> {
    const key = factKey(repository, digest);
    const fact = this.#facts.get(key);
    if (fact) return fact;
    return this.#remember(key, await this.#deps.store.findLinked(repository, digest), digest);
  }

  /**
   * The blob, as somebody about to push wants to know it: never from a cache, and kept from garbage collection, since
   * the caller will build on the answer.
   */
  async statForPush(repository: RepositoryName, digest: Digest): Promise<Blob> {
    const { store, clock } = this.#deps;
    const blob = await store.findLinkedAndTouch(repository, digest, clock.nowMs());
    return this.#remember(factKey(repository, digest), blob, digest);
  }

  /** The blob's bytes, or a range of them. */
  async read(
    repository: RepositoryName,
    blob: Blob,
    range?: ByteRange,
  ): Promise<Uint8Array | ReadableStream<Uint8Array>> {
    const body = await this.#deps.content.read(blob, range);
    if (body) return body;
    this.#facts.delete(factKey(repository, blob.digest));
    throw blobUnknown(blob.digest);
  }

  /** Links a blob from elsewhere; undefined when the caller may not know of any. */
  async mount(mount: Omit<BlobMount, 'nowMs'>): Promise<Blob | undefined> {
    return this.#deps.store.mount({ ...mount, nowMs: this.#deps.clock.nowMs() });
  }

  /** Removes the repository's link. UNSUPPORTED while one of its manifests needs the blob. */
  async unlink(repository: RepositoryName, digest: Digest): Promise<void> {
    const outcome = await this.#deps.store.unlink(repository, digest);
    this.#facts.delete(factKey(repository, digest));
    if (outcome === 'unknown') throw blobUnknown(digest);
    if (outcome === 'in-use') {
      throw new AppError('UNSUPPORTED', {
        message: 'a manifest of the repository refers to the blob',
        detail: { digest },
      });
    }
  }

  #remember(key: string, blob: Blob | undefined, digest: Digest): Blob {
    if (!blob) {
      this.#facts.delete(key);
      throw blobUnknown(digest);
    }
    this.#facts.put(key, blob);
    return blob;
  }
}

function factKey(repository: RepositoryName, digest: Digest): string {
  return `${repository}@${digest}`;
}

function blobUnknown(digest: Digest): AppError {
  return new AppError('BLOB_UNKNOWN', { detail: { digest } });
}
