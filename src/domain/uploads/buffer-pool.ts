import type { Clock } from '#core/clock';
import { GrowingMemory } from '#domain/uploads/growing-memory';
import { ABANDONED_AFTER_MS, type LentMemory } from '#domain/uploads/lent-memory';
import { BUFFERED_PART_BYTES } from '#domain/uploads/part-size';
import { WaitingLine } from '#domain/uploads/waiting-line';

/** Bodies that fit are stored with one write and one call to the session. */
export const SMALL_BODY_BYTES = 1024 * 1024;

/** What an isolate has for parts and for small bodies: 40 MiB and 8 MiB of the platform's 128. */
const PART_BUFFERS = 5;
const SMALL_BODIES_BYTES = 8 * 1024 * 1024;

/** Buffers of one size: made when first needed, then reused and never zeroed again. Waiters are served in order. */
export class BufferTier {
  readonly sizeBytes: number;
  readonly #maxBuffers: number;
  readonly #clock: Clock;
  readonly #free: LentMemory[] = [];
  readonly #lent = new Set<LentMemory>();
  readonly #line: WaitingLine<LentMemory>;

  constructor(deps: { readonly sizeBytes: number; readonly maxBuffers: number; readonly clock: Clock }) {
    this.sizeBytes = deps.sizeBytes;
    this.#maxBuffers = deps.maxBuffers;
    this.#clock = deps.clock;
    this.#line = new WaitingLine(deps);
  }

  /** A buffer at once, or undefined when others wait for one. */
  tryAcquire(): LentMemory | undefined {
    return this.#line.tryTake(() => this.#take());
  }

  acquire(): Promise<LentMemory> {
    return this.#line.take(() => this.#take());
  }

  #take(): LentMemory | undefined {
    this.#forgetAbandoned();
    const free = this.#free.pop();
    if (!free && this.#lent.size >= this.#maxBuffers) return undefined;
    const isWanted = () => !this.#line.isEmpty;
    const buffer = free ?? { bytes: new Uint8Array(this.sizeBytes), touchedAtMs: 0, isWanted };
    buffer.touchedAtMs = this.#clock.nowMs();
    this.#lent.add(buffer);
    return buffer;
  }

  /** Takes a buffer back. One whose memory was lost with a broken read is replaced by a new one when needed. */
  release(buffer: LentMemory): void {
    if (!this.#lent.delete(buffer)) return;
    if (buffer.bytes.buffer.byteLength === this.sizeBytes) {
      buffer.bytes = new Uint8Array(buffer.bytes.buffer);
      this.#free.push(buffer);
    }
    this.#line.serve();
  }

  #forgetAbandoned(): void {
    if (this.#lent.size < this.#maxBuffers) return;
    const limitMs = this.#clock.nowMs() - ABANDONED_AFTER_MS;
    for (const buffer of this.#lent) {
      if (buffer.touchedAtMs < limitMs) this.#lent.delete(buffer);
    }
  }
}

/** All the memory that bodies of uploads may occupy in this isolate. */
export interface UploadBuffers {
  readonly small: GrowingMemory;
  readonly part: BufferTier;
}

export function createUploadBuffers(clock: Clock): UploadBuffers {
  return {
    small: new GrowingMemory({ maxBytes: SMALL_BODIES_BYTES, clock }),
    part: new BufferTier({ sizeBytes: BUFFERED_PART_BYTES, maxBuffers: PART_BUFFERS, clock }),
  };
}
