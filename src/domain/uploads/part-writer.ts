import type { Digest } from '#core/digest';
import { AppError } from '#core/errors';
import type { RepositoryName } from '#core/reference';
import type { BlobStorage, MultipartStorage, StoredPart } from '#domain/blobs/blob-storage';
import type { LayoutRecorder } from '#domain/uploads/layout-recorder';
import { MAX_PARTS } from '#domain/uploads/part-size';
import {
  type CarryObject,
  type HashSoFar,
  type MultipartObject,
  nextPartNumber,
  type UploadLayout,
} from '#domain/uploads/session';

type Body = Uint8Array | ReadableStream<Uint8Array>;

export interface PartWriterDeps {
  readonly storage: BlobStorage;
  readonly multipart: MultipartStorage;
  readonly recorder: LayoutRecorder;
}

/** What a layout adds to the full parts. */
interface LayoutEnd {
  readonly tail?: StoredPart | undefined;
  readonly tailBytes?: number | undefined;
  readonly carry?: CarryObject | undefined;
  readonly hash?: HashSoFar | undefined;
}

/** Stores the pieces of one body: full parts, the last part, the carry. */
export class PartWriter {
  readonly partSizeBytes: number;
  readonly #deps: PartWriterDeps;
  readonly #repository: RepositoryName;
  #multipart: MultipartObject | undefined;
  /** Parts the session has not heard of: those that only repeat what an earlier object holds. */
  #unrecorded: StoredPart[] = [];

  constructor(deps: PartWriterDeps, options: { repository: RepositoryName; partSizeBytes: number }) {
    this.#deps = deps;
    this.#repository = options.repository;
    this.partSizeBytes = options.partSizeBytes;
    const { multipart } = deps.recorder.layout;
    this.#multipart = multipart && { ...multipart, tail: undefined };
  }

  get hasParts(): boolean {
    return this.#multipart !== undefined;
  }

  /** Bytes in full parts. */
  get positionBytes(): number {
    return (this.#multipart?.fullParts ?? 0) * this.partSizeBytes;
  }

  async writeFull(bytes: Body, hash: HashSoFar | undefined): Promise<void> {
    this.addFull(await this.writePart(bytes));
    await this.recordFull(hash);
  }

  /** Stores the part that follows the full ones; it is the tail unless {@link addFull} makes it one of them. */
  async writePart(body: Body): Promise<StoredPart> {
    this.#multipart ??= await this.#start();
    const { objectKey, uploadId } = this.#multipart;
    const partNumber = nextPartNumber(this.#multipart);
    if (partNumber > MAX_PARTS) throw new AppError('SIZE_INVALID', { message: 'the upload has too many parts' });
    return this.#deps.multipart.writePart(objectKey, uploadId, { partNumber, body });
  }

  addFull(part: StoredPart): void {
    if (this.#multipart) this.#multipart = { ...this.#multipart, fullParts: this.#multipart.fullParts + 1 };
    this.#unrecorded.push(part);
  }

  /** Moves the offset, unless these parts do not reach it yet: they then repeat the beginning of the upload. */
  async recordFull(hash: HashSoFar | undefined): Promise<void> {
    if (this.positionBytes < this.#deps.recorder.layout.offsetBytes) return;
    await this.#deps.recorder.record(this.layout({ hash }), this.takeUnrecorded(), false);
  }

  takeUnrecorded(): StoredPart[] {
    const parts = this.#unrecorded;
    this.#unrecorded = [];
    return parts;
  }

  async writeCarry(body: Body, sizeBytes: number, labelledDigest?: Digest): Promise<CarryObject> {
    const objectKey = await this.#deps.storage.newObjectKey();
    const labels = { kind: 'blob', repository: this.#repository, digest: labelledDigest } as const;
    await this.#deps.storage.write(objectKey, body, labels);
    return { objectKey, sizeBytes, labelledDigest };
  }

  layout({ tail, tailBytes = 0, carry, hash }: LayoutEnd): UploadLayout {
    const { isChunked } = this.#deps.recorder.layout;
    const multipart = this.#multipart && { ...this.#multipart, tail };
    const offsetBytes = multipart ? this.positionBytes + tailBytes : (carry?.sizeBytes ?? 0);
    return { offsetBytes, multipart, carry, hash, isChunked };
  }

  async #start(): Promise<MultipartObject> {
    const objectKey = await this.#deps.storage.newObjectKey();
    const uploadId = await this.#deps.multipart.start(objectKey, { kind: 'blob', repository: this.#repository });
    return { objectKey, uploadId, partSizeBytes: this.partSizeBytes, fullParts: 0, skippedNumbers: 0 };
  }
}
