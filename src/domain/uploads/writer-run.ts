import { AppError } from '#core/errors';
import { nativeHash, type RunningHash, restoreHash, type SaveableHash, saveableHash } from '#core/running-hash';
import type { StoredPart } from '#domain/blobs/blob-storage';
import type { Append, AppendPorts } from '#domain/uploads/append';
import { ByteSource, type Segment } from '#domain/uploads/byte-source';
import { LayoutRecorder } from '#domain/uploads/layout-recorder';
import { BUFFERED_PART_BYTES, choosePartSize } from '#domain/uploads/part-size';
import { PartWriter } from '#domain/uploads/part-writer';
import type { CarryObject, HashSoFar, UploadLayout } from '#domain/uploads/session';
import { fillStreams } from '#domain/uploads/stream-filler';

/** One body on its way into an upload that this writer has claimed. */
export class WriterRun {
  readonly #deps: AppendPorts;
  readonly #append: Append;
  readonly #recorder: LayoutRecorder;
  readonly #startBytes: number;
  /** Whether the tail must be at hand when the next body comes. */
  readonly #isChunked: boolean;

  constructor(deps: AppendPorts, append: Append, claim: { readonly epoch: number; readonly layout: UploadLayout }) {
    this.#deps = deps;
    this.#append = append;
    this.#recorder = new LayoutRecorder(deps, append.id.text, claim);
    const { isChunked, offsetBytes } = claim.layout;
    this.#startBytes = offsetBytes;
    this.#isChunked = !append.isLast && (isChunked || offsetBytes > 0 || append.firstByte !== undefined);
  }

  /** Stores the body; answers the new offset. */
  async write(): Promise<number> {
    if (this.#needsMerge()) await this.#mergeIntoOne();
    const { layout } = this.#recorder;
    const hash = this.#continueHash(layout);
    const source = new ByteSource(await this.#segments(layout, hash), {
      hash,
      onProgress: () => this.#recorder.keepAlive(),
    });
    const writer = this.#partWriter(layout);
    if (writer.partSizeBytes <= BUFFERED_PART_BYTES) await this.#writeBuffered(source, writer, hash);
    else await this.#writeStreamed(source, writer, hash);
    return this.#recorder.layout.offsetBytes;
  }

  async release(): Promise<void> {
    await this.#recorder.release();
  }

  /** A tail that stands nowhere but in the last part cannot be continued; nor can parts too large for a buffer. */
  #needsMerge(): boolean {
    const { multipart, carry } = this.#recorder.layout;
    if (!multipart) return false;
    const isTooLarge = this.#append.lengthBytes === undefined && multipart.partSizeBytes > BUFFERED_PART_BYTES;
    return isTooLarge || (multipart.tail !== undefined && !carry);
  }

  /** The slow path: what there is becomes one object, which is then the beginning of a new one. */
  async #mergeIntoOne(): Promise<void> {
    const { layout } = this.#recorder;
    const parts = await this.#deps.sessions.parts(this.#append.id.text);
    const carry = await this.#deps.assembler.assemble(layout, parts);
    await this.#recorder.record({ ...layout, multipart: undefined, carry, isChunked: true }, [], false);
  }

  #continueHash({ hash, multipart }: UploadLayout): RunningHash | SaveableHash | undefined {
    if (hash?.kind === 'saved') return restoreHash(hash.saved);
    // The parts of an unfinished object cannot be read, so what they hold is hashed when it is finished.
    if (multipart) return undefined;
    const { algorithm } = this.#append.id;
    return this.#isChunked ? saveableHash(algorithm) : nativeHash(algorithm);
  }

  async #segments({ carry, hash: known }: UploadLayout, hash: RunningHash | undefined): Promise<Segment[]> {
    const { head, onHeadRead, rest } = this.#append;
    const isPrefixHashed = hash !== undefined && known?.kind !== 'saved';
    const prefix = carry && (await this.#deps.storage.read(carry.objectKey));
    if (carry && !prefix) throw new Error(`the carry ${carry.objectKey} of an upload is missing`);
    return [
      ...(prefix ? [{ bytes: prefix, isHashed: isPrefixHashed }] : []),
      { bytes: head, isHashed: true, onRead: onHeadRead },
      ...(rest ? [{ bytes: rest, isHashed: true }] : []),
    ];
  }

  #partWriter(layout: UploadLayout): PartWriter {
    const { lengthBytes, firstByte, isLast, repository } = this.#append;
    const totalBytes = lengthBytes === undefined ? undefined : layout.offsetBytes + lengthBytes;
    const firstChunkBytes = firstByte === 0 && !isLast ? lengthBytes : undefined;
    const partSizeBytes = layout.multipart?.partSizeBytes ?? choosePartSize({ totalBytes, firstChunkBytes });
    return new PartWriter({ ...this.#deps, recorder: this.#recorder }, { repository, partSizeBytes });
  }

  /** Gathers each part in a buffer. While one is being stored the next is read, if there is a buffer to spare. */
  async #writeBuffered(source: ByteSource, writer: PartWriter, hash: RunningHash | undefined): Promise<void> {
    const { part: tier } = this.#deps.buffers;
    let underWay: Promise<void> | undefined;
    for (;;) {
      let buffer = tier.tryAcquire();
      if (!buffer) {
        await underWay;
        buffer = await tier.acquire();
      }
      let isStoring = false;
      try {
        const filled = await source.fill(buffer, 0, writer.partSizeBytes);
        await underWay;
        const bytes = buffer.bytes.subarray(0, filled);
        if (filled < writer.partSizeBytes) return await this.#writeTail(bytes, writer, hash);
        const lent = buffer;
        underWay = writer.writeFull(bytes, savedHash(hash)).finally(() => tier.release(lent));
        underWay.catch(() => undefined); // Whoever awaits it hears of it.
        isStoring = true;
      } finally {
        if (!isStoring) {
          await underWay?.catch(() => undefined);
          tier.release(buffer);
        }
      }
    }
  }

  async #writeTail(bytes: Uint8Array, writer: PartWriter, hash: RunningHash | undefined): Promise<void> {
    this.#checkLength(writer.positionBytes + bytes.length);
    if (!writer.hasParts && bytes.length > 0) {
      const carry = await writer.writeCarry(bytes, bytes.length, hash?.digest());
      return this.#end(writer, { carry, hash });
    }
    if (bytes.length === 0) return this.#end(writer, { hash });
    const [tail, carry] = await Promise.all([
      writer.writePart(bytes),
      this.#isChunked ? writer.writeCarry(bytes, bytes.length) : undefined,
    ]);
    return this.#end(writer, { tail, tailBytes: bytes.length, carry, hash });
  }

  /** Passes the bytes on as they come: the length of the body is known, and so is that of each part. */
  async #writeStreamed(source: ByteSource, writer: PartWriter, hash: RunningHash | undefined): Promise<void> {
    const totalBytes = this.#startBytes + (this.#append.lengthBytes ?? 0);
    const leftBytes = () => totalBytes - writer.positionBytes;
    while (leftBytes() >= writer.partSizeBytes) {
      await fillStreams(source, writer.partSizeBytes, [async (body) => writer.addFull(await writer.writePart(body))]);
      if (leftBytes() > 0) await writer.recordFull(savedHash(hash));
    }
    const tailBytes = leftBytes();
    const end = tailBytes > 0 ? await this.#streamTail(source, writer, tailBytes) : {};
    await source.expectEnd();
    return this.#end(writer, { ...end, tailBytes, hash });
  }

  async #streamTail(source: ByteSource, writer: PartWriter, tailBytes: number) {
    const end: { tail?: StoredPart; carry?: CarryObject } = {};
    const sinks = [
      async (body: ReadableStream<Uint8Array>) => {
        end.tail = await writer.writePart(body);
      },
    ];
    if (this.#isChunked) {
      sinks.push(async (body) => {
        end.carry = await writer.writeCarry(body, tailBytes);
      });
    }
    await fillStreams(source, tailBytes, sinks);
    return end;
  }

  async #end(writer: PartWriter, { hash, ...end }: TailEnd): Promise<void> {
    const layout = writer.layout({ ...end, hash: hashSoFar(hash) });
    await this.#recorder.record({ ...layout, isChunked: this.#isChunked }, writer.takeUnrecorded(), true);
  }

  #checkLength(endBytes: number): void {
    const { lengthBytes } = this.#append;
    if (lengthBytes !== undefined && endBytes !== this.#startBytes + lengthBytes) throw new AppError('SIZE_INVALID');
  }
}

/** How a body ended. */
interface TailEnd {
  readonly tail?: StoredPart | undefined;
  readonly tailBytes?: number;
  readonly carry?: CarryObject | undefined;
  readonly hash: RunningHash | undefined;
}

function savedHash(hash: RunningHash | undefined): HashSoFar | undefined {
  return hash && 'save' in hash ? { kind: 'saved', saved: (hash as SaveableHash).save() } : undefined;
}

function hashSoFar(hash: RunningHash | undefined): HashSoFar | undefined {
  return savedHash(hash) ?? (hash && { kind: 'digest', digest: hash.digest() });
}
