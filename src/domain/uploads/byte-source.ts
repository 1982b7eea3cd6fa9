import { systemClock } from '#core/clock';
import { AppError } from '#core/errors';
import type { RunningHash } from '#core/running-hash';
import type { LentMemory } from '#domain/uploads/lent-memory';

/** A read that brings less than this in time ends the request, whose upload can be continued. */
const MIN_READ_BYTES = 64 * 1024;
/** How long that may take, in milliseconds. */
const STALL_MS = 60_000;
/** How long it may take while another request waits for the buffer: silent clients must not keep busy ones out. */
const WANTED_STALL_MS = 10_000;
/** What is read and thrown away of a body that was refused: 32 MiB. */
const MAX_DRAINED_BYTES = 32 * 1024 * 1024;

/** Bytes on their way into an object: what came before, what was read already, what is still to be read. */
export interface Segment {
  readonly bytes: Uint8Array | ReadableStream<Uint8Array>;
  /** Whether the running hash has yet to see these bytes. */
  readonly isHashed: boolean;
  /** Called once all of it has been read. */
  readonly onRead?: (() => void) | undefined;
}

export interface ByteSourceOptions {
  readonly hash?: RunningHash | undefined;
  /** Called after each read. */
  readonly onProgress?: () => Promise<void>;
}

/** Several pieces read as one, hashed as they pass. Reads go straight into the caller's memory. */
export class ByteSource {
  readonly #segments: OpenSegment[];
  readonly #options: ByteSourceOptions;

  constructor(segments: readonly Segment[], options: ByteSourceOptions = {}) {
    this.#segments = segments.map(({ bytes, isHashed, onRead }) => ({
      isHashed,
      onRead,
      ...(bytes instanceof Uint8Array ? memoryReader(bytes) : streamReader(bytes)),
    }));
    this.#options = options;
  }

  /** Fills `buffer` from `from` up to `to`; answers how far it got, which is short of `to` only at the end. */
  async fill(buffer: LentMemory, from: number, to: number): Promise<number> {
    let filled = from;
    while (filled < to && this.#segments[0]) {
      const [{ read, isHashed, onRead }] = this.#segments as [OpenSegment];
      const got = await read(buffer, filled, to);
      if (got === 0) {
        this.#segments.shift();
        onRead?.();
      } else if (isHashed) this.#options.hash?.update(buffer.bytes.subarray(filled, filled + got));
      filled += got;
      buffer.touchedAtMs = systemClock.nowMs();
      await this.#options.onProgress?.();
    }
    return filled;
  }

  /** Leaves the rest of its streams to somebody else. */
  release(): void {
    for (const { release } of this.#segments) release();
  }

  /** SIZE_INVALID when there is more. */
  async expectEnd(): Promise<void> {
    const got = await this.fill({ bytes: new Uint8Array(1), touchedAtMs: 0 }, 0, 1);
    if (got > 0) throw new AppError('SIZE_INVALID');
  }
}

/** Reads at least one byte into the buffer, or answers 0 at the end. */
type Read = (buffer: LentMemory, from: number, to: number) => Promise<number>;

interface OpenSegment {
  readonly read: Read;
  readonly release: () => void;
  readonly isHashed: boolean;
  readonly onRead: (() => void) | undefined;
}

type Reader = Pick<OpenSegment, 'read' | 'release'>;

function memoryReader(bytes: Uint8Array): Reader {
  let position = 0;
  const read: Read = async (buffer, from, to) => {
    const piece = bytes.subarray(position, position + to - from);
    buffer.bytes.set(piece, from);
    position += piece.length;
    return piece.length;
  };
  return { read, release: () => undefined };
}

function streamReader(stream: ReadableStream<Uint8Array>): Reader {
  const reader = stream.getReader({ mode: 'byob' });
  const read: Read = async (buffer, from, to) => {
    let isStalled = false;
    const stopWatch = watchStall(buffer, () => {
      isStalled = true;
      reader.cancel().catch(() => undefined);
    });
    try {
      const { value } = await reader.readAtLeast(Math.min(MIN_READ_BYTES, to - from), buffer.bytes.subarray(from, to));
      if (isStalled || !value) throw new Error('the reader was cancelled');
      buffer.bytes = new Uint8Array(value.buffer);
      return value.byteLength;
    } catch (error) {
      const message = isStalled ? 'the body arrives too slowly' : 'the body broke off';
      throw new AppError('BLOB_UPLOAD_INVALID', { message, cause: error });
    } finally {
      stopWatch();
    }
  };
  return { read, release: () => reader.releaseLock() };
}

/** Calls `onStall` once the buffer's reader has had its time; answers how to stop watching. */
function watchStall(buffer: LentMemory, onStall: () => void): () => void {
  let waitedMs = 0;
  const timer = setInterval(() => {
    waitedMs += WANTED_STALL_MS;
    if (waitedMs < STALL_MS && !buffer.isWanted?.()) return;
    clearInterval(timer);
    onStall();
  }, WANTED_STALL_MS);
  return () => clearInterval(timer);
}

/** Reads what a refused client is still sending, within reason, so that it gets to see the answer. */
export async function drain(stream: ReadableStream<Uint8Array>): Promise<void> {
  const source = new ByteSource([{ bytes: stream, isHashed: false }]);
  const buffer = { bytes: new Uint8Array(MIN_READ_BYTES), touchedAtMs: 0 };
  for (let left = MAX_DRAINED_BYTES; left > 0; left -= MIN_READ_BYTES) {
    if ((await source.fill(buffer, 0, MIN_READ_BYTES)) < MIN_READ_BYTES) return;
  }
  source.release();
  await stream.cancel();
}
