import type { BlobStorage, MultipartStorage } from '#domain/blobs/blob-storage';
import type { BlobRegistrar } from '#domain/uploads/blob-registrar';
import type { UploadLayout } from '#domain/uploads/session';

/** Removes the bytes of uploads that were given up. */
export class UploadLeftovers {
  readonly #deps: {
    readonly storage: BlobStorage;
    readonly multipart: MultipartStorage;
    readonly blobs: BlobRegistrar;
  };

  constructor(deps: {
    readonly storage: BlobStorage;
    readonly multipart: MultipartStorage;
    readonly blobs: BlobRegistrar;
  }) {
    this.#deps = deps;
  }

  /** May be repeated. Never takes an object that a blob row points at: a finish may have got that far unnoticed. */
  async discard({ multipart, carry }: UploadLayout): Promise<void> {
    if (multipart) await this.#deps.multipart.abort(multipart.objectKey, multipart.uploadId);
    const keys = [multipart?.objectKey, carry?.objectKey].filter((key) => key !== undefined);
    if (keys.length === 0) return;
    const inUse = await this.#deps.blobs.keysInUse(keys);
    await this.#deps.storage.delete(keys.filter((key) => !inUse.has(key)));
  }
}
