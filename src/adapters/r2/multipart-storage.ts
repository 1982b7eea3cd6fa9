import { toMetadata } from '#adapters/r2/blob-storage';
import { isTransientFailure } from '#adapters/r2/failures';
import { retryTransient, tryOnce } from '#core/retry';
import type { MultipartStorage, ObjectLabels, PartToStore, StoredPart } from '#domain/blobs/blob-storage';

export class R2MultipartStorage implements MultipartStorage {
  readonly #bucket: R2Bucket;

  constructor(deps: { readonly bucket: R2Bucket }) {
    this.#bucket = deps.bucket;
  }

  async start(objectKey: string, labels: ObjectLabels): Promise<string> {
    const start = () => this.#bucket.createMultipartUpload(objectKey, { customMetadata: toMetadata(labels) });
    const upload = await retryTransient(start, isTransientFailure);
    return upload.uploadId;
  }

  async writePart(objectKey: string, uploadId: string, { partNumber, body }: PartToStore): Promise<StoredPart> {
    const write = () => this.#bucket.resumeMultipartUpload(objectKey, uploadId).uploadPart(partNumber, body);
    const part = await (body instanceof Uint8Array
      ? retryTransient(write, isTransientFailure)
      : tryOnce(write, isTransientFailure));
    return { partNumber: part.partNumber, etag: part.etag };
  }

  async complete(objectKey: string, uploadId: string, parts: readonly StoredPart[], sizeBytes: number): Promise<void> {
    try {
      const complete = () => this.#bucket.resumeMultipartUpload(objectKey, uploadId).complete([...parts]);
      await retryTransient(complete, isTransientFailure);
    } catch (error) {
      // The keys are never written twice, so an object of the right size is what an earlier attempt completed.
      const object = await this.#bucket.head(objectKey);
      if (object?.size !== sizeBytes) throw error;
    }
  }

  async abort(objectKey: string, uploadId: string): Promise<void> {
    try {
      await this.#bucket.resumeMultipartUpload(objectKey, uploadId).abort();
    } catch {
      // Already completed or aborted; R2 does not say which. What was completed is deleted by its key.
    }
  }
}
