import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { BUFFERED_PART_BYTES } from '#domain/uploads/part-size';

/** Bodies that fit are stored with one write and one call to the session. */
export const SMALL_BODY_BYTES = 1024 * 1024;

/** How many buffers of each size an isolate has: 40 MiB and 8 MiB of the platform's 128. */
const PART_BUFFERS = 5;
const SMALL_BUFFERS = 8;

/** How long a request waits for a buffer before its client is asked to come back, in milliseconds. */
const MAX_WAIT_MS = 30_000;
/**
 * A buffer that has seen neither a read nor a write for so long belongs to a request that the platform has cancelled,
 * whose `finally` never ran. It is longer than the 60 s a silent client is waited for.
 */
const ABANDONED_AFTER_MS = 120_000;

/** Memory that is lent out. A BYOB read moves the memory, so `bytes` is another view of it after each read. */
export interface PooledBuffer {
  bytes: Uint8Array;
  touchedAtMs: number;
  /** Whether somebody waits for a buffer; whoever fills this one slowly then gives it up sooner. */
  readonly isWanted?: () => boolean;
}

interface Waiter {
  readonly serve: (buffer: PooledBuffer) => void;
  /** Who waits still then has been cancelled, and its timer with it. */
  readonly untilMs: number;
}

/** Buffers of one size: made when first needed, then reused and never zeroed again. Waiters are served in order. */
export class BufferTier {
  readonly sizeBytes: number;
  readonly #maxBuffers: number;
  readonly #clock: Clock;
  readonly #free: PooledBuffer[] = [];
  readonly #lent = new Set<PooledBuffer>();
  readonly #waiters = new Set<Waiter>();

  constructor(deps: { readonly sizeBytes: number; readonly maxBuffers: number; readonly clock: Clock }) {
    this.sizeBytes = deps.sizeBytes;
    this.#maxBuffers = deps.maxBuffers;
    this.#clock = deps.clock;
  }

  /** A buffer at once, or undefined when others wait for one. */
  tryAcquire(): PooledBuffer | undefined {
    this.#serveWaiters();
    return this.#waiters.size === 0 ? this.#take() : undefined;
  }

  async acquire(): Promise<PooledBuffer> {
    return this.tryAcquire() ?? this.#wait();
  }

  #take(): PooledBuffer | undefined {
    this.#forgetAbandoned();
    const free = this.#free.pop();
    if (!free && this.#lent.size >= this.#maxBuffers) return undefined;
    const isWanted = () => this.#waiters.size > 0;
    const buffer = free ?? { bytes: new Uint8Array(this.sizeBytes), touchedAtMs: 0, isWanted };
    buffer.touchedAtMs = this.#clock.nowMs();
    this.#lent.add(buffer);
    return buffer;
  }

  /** Takes a buffer back. One whose memory was lost with a broken read is replaced by a new one when needed. */
  release(buffer: PooledBuffer): void {
    if (!this.#lent.delete(buffer)) return;
    if (buffer.bytes.buffer.byteLength === this.sizeBytes) {
      buffer.bytes = new Uint8Array(buffer.bytes.buffer);
      this.#free.push(buffer);
    }
    this.#serveWaiters();
  }

  async #wait(): Promise<PooledBuffer> {
    const { promise, resolve, reject } = Promise.withResolvers<PooledBuffer>();
    const waiter = { serve: resolve, untilMs: this.#clock.nowMs() + MAX_WAIT_MS };
    this.#waiters.add(waiter);
    const timer = setTimeout(() => {
      this.#waiters.delete(waiter);
      reject(new AppError('SERVICE_UNAVAILABLE', { message: 'too many uploads at once', retryAfterSeconds: 5 }));
    }, MAX_WAIT_MS);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** In order, and past those that nobody will ever hear of again: they would keep everybody else out. */
  #serveWaiters(): void {
    for (const waiter of this.#waiters) {
      const isGone = waiter.untilMs < this.#clock.nowMs();
      const buffer = isGone ? undefined : this.#take();
      if (!isGone && !buffer) return;
      this.#waiters.delete(waiter);
      if (buffer) waiter.serve(buffer);
    }
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
  readonly small: BufferTier;
  readonly part: BufferTier;
}

export function createUploadBuffers(clock: Clock): UploadBuffers {
  return {
    small: new BufferTier({ sizeBytes: SMALL_BODY_BYTES, maxBuffers: SMALL_BUFFERS, clock }),
    part: new BufferTier({ sizeBytes: BUFFERED_PART_BYTES, maxBuffers: PART_BUFFERS, clock }),
  };
}
