import { isTransientFailure } from '#adapters/r2/failures';
import { BLOBS, JOURNAL, journalKeyOf, keyBound, objectKeyOf } from '#adapters/r2/keys';
import type { ObjectKeys } from '#adapters/r2/object-keys';
import type { ByteRange } from '#core/byte-range';
import { type Digest, digestAlgorithm, digestHex } from '#core/digest';
import { AppError } from '#core/errors';
import { retryTransient, tryOnce } from '#core/retry';
import type { BlobStorage, ObjectLabels, ObjectPage, WriteOptions } from '#domain/blobs/blob-storage';

/** R2's error when a `put` does not have the checksum that was promised. */
const CHECKSUM_MISMATCH = /\(10037\)/;

export class R2BlobStorage implements BlobStorage {
  readonly #bucket: R2Bucket;
  readonly #keys: ObjectKeys;

  constructor(deps: { readonly bucket: R2Bucket; readonly keys: ObjectKeys }) {
    this.#bucket = deps.bucket;
    this.#keys = deps.keys;
  }

  newObjectKey(): Promise<string> {
    return this.#keys.next();
  }

  keyBound(atMs: number): string {
    return keyBound(atMs);
  }

  async read(objectKey: string, range?: ByteRange): Promise<ReadableStream<Uint8Array> | undefined> {
    const options = range && { range: { offset: range.first, length: range.last - range.first + 1 } };
    const object = await retryTransient(() => this.#bucket.get(objectKey, options), isTransientFailure);
    return object?.body;
  }

  async sizeOf(objectKey: string): Promise<number | undefined> {
    return (await retryTransient(() => this.#bucket.head(objectKey), isTransientFailure))?.size;
  }

  async write(
    objectKey: string,
    body: Uint8Array | ReadableStream<Uint8Array>,
    labels: ObjectLabels,
    options: WriteOptions = {},
  ): Promise<void> {
    const checksum = options.verify && { [digestAlgorithm(options.verify)]: digestHex(options.verify) };
    const put = () => this.#bucket.put(objectKey, body, { customMetadata: toMetadata(labels), ...checksum });
    try {
      // A stream is gone once it has been read; bytes can be sent again.
      await (body instanceof Uint8Array ? retryTransient(put, isTransientFailure) : tryOnce(put, isTransientFailure));
    } catch (error) {
      const isMismatch = error instanceof Error && CHECKSUM_MISMATCH.test(error.message);
      throw isMismatch ? new AppError('DIGEST_INVALID', { cause: error }) : error;
    }
  }

  /** Journal entries go with their objects. */
  async delete(objectKeys: readonly string[]): Promise<void> {
    if (objectKeys.length === 0) return;
    const keys = [...objectKeys, ...objectKeys.map(journalKeyOf)];
    await retryTransient(() => this.#bucket.delete(keys), isTransientFailure);
  }

  async list(prefix: string, after?: string): Promise<ObjectPage> {
    const options = { prefix: prefix || BLOBS, limit: LIST_LIMIT, ...(after && { startAfter: after }) };
    const page = await retryTransient(() => this.#bucket.list(options), isTransientFailure);
    const objects = page.objects.map(({ key, uploaded }) => ({ key, uploadedAtMs: uploaded.getTime() }));
    return { objects, isLast: !page.truncated };
  }

  async listJournal(after?: string): Promise<ObjectPage> {
    const { objects, isLast } = await this.list(JOURNAL, after && journalKeyOf(after));
    return { objects: objects.map((each) => ({ ...each, key: objectKeyOf(each.key) })), isLast };
  }

  async writeJournal(objectKey: string, labels: ObjectLabels & { readonly digest: Digest }): Promise<void> {
    const journal = () =>
      this.#bucket.put(journalKeyOf(objectKey), new Uint8Array(0), { customMetadata: toMetadata(labels) });
    await retryTransient(journal, isTransientFailure);
  }
}

/** Objects a listing names; with their journal entries no more than the 1,000 keys one `delete` takes. */
const LIST_LIMIT = 500;

/** Labels as R2 keeps them; the multipart adapter writes the same. */
export function toMetadata({ kind, repository, digest }: ObjectLabels): Record<string, string> {
  return { kind, repository, ...(digest && { digest }) };
}
