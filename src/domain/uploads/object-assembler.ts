import type { BlobStorage, MultipartStorage, StoredPart } from '#domain/blobs/blob-storage';
import { type CarryObject, type MultipartObject, nextPartNumber, type UploadLayout } from '#domain/uploads/session';

/** Makes one object of what an upload has stored. */
export class ObjectAssembler {
  readonly #deps: { readonly storage: BlobStorage; readonly multipart: MultipartStorage };

  constructor(deps: { readonly storage: BlobStorage; readonly multipart: MultipartStorage }) {
    this.#deps = deps;
  }

  /** May be repeated. Answers undefined when nothing has been stored; `fullParts` are those of the multipart object. */
  async assemble(layout: UploadLayout, fullParts: readonly StoredPart[]): Promise<CarryObject | undefined> {
    const { multipart, carry, offsetBytes } = layout;
    if (!multipart) return carry;
    const object = { objectKey: multipart.objectKey, sizeBytes: offsetBytes };
    const isTailMissing = multipart.tail === undefined && carry !== undefined;
    // What an earlier attempt has completed takes no more parts.
    if (isTailMissing && (await this.#deps.storage.sizeOf(object.objectKey)) === offsetBytes) return object;
    const tail = isTailMissing ? await this.#writeTail(multipart, carry) : multipart.tail;
    const parts = tail ? [...fullParts, tail] : fullParts;
    await this.#deps.multipart.complete(multipart.objectKey, multipart.uploadId, parts, offsetBytes);
    return object;
  }

  /** Writes the last part anew, after a writer broke off that may have replaced it. */
  async #writeTail(multipart: MultipartObject, carry: CarryObject): Promise<StoredPart | undefined> {
    const body = await this.#deps.storage.read(carry.objectKey);
    if (!body) return undefined;
    const partNumber = nextPartNumber(multipart);
    return this.#deps.multipart.writePart(multipart.objectKey, multipart.uploadId, { partNumber, body });
  }
}
