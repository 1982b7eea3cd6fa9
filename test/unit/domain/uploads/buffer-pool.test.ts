import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BufferTier } from '#domain/uploads/buffer-pool';

let nowMs = 0;
const createTier = () => new BufferTier({ sizeBytes: 16, maxBuffers: 2, clock: { nowMs: () => nowMs } });

beforeEach(() => {
  nowMs = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe('a tier of buffers', () => {
  it('lends the same memory again', async () => {
    const tier = createTier();
    const first = await tier.acquire();
    const memory = first.bytes.buffer;
    tier.release(first);
    expect((await tier.acquire()).bytes.buffer).toBe(memory);
  });

  it('serves those who wait in order, before anybody who asks later', async () => {
    const tier = createTier();
    const [a, b] = [await tier.acquire(), await tier.acquire()];
    const served: string[] = [];
    const first = tier.acquire().then(() => served.push('first'));
    const second = tier.acquire().then(() => served.push('second'));
    expect(tier.tryAcquire()).toBeUndefined();
    tier.release(a);
    await first;
    tier.release(b);
    await second;
    expect(served).toEqual(['first', 'second']);
  });

  it('asks to come back when none becomes free in time', async () => {
    const tier = createTier();
    await tier.acquire();
    await tier.acquire();
    const third = expect(tier.acquire()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 5 });
    await vi.advanceTimersByTimeAsync(30_000);
    await third;
  });

  it('replaces memory that was lost with a broken read', async () => {
    const tier = createTier();
    const buffer = await tier.acquire();
    structuredClone(buffer.bytes, { transfer: [buffer.bytes.buffer as ArrayBuffer] });
    tier.release(buffer);
    expect((await tier.acquire()).bytes).toHaveLength(16);
  });

  it('lends the whole of its memory, whatever part of it the last borrower kept', async () => {
    const tier = createTier();
    const buffer = await tier.acquire();
    buffer.bytes = buffer.bytes.subarray(0, 3);
    tier.release(buffer);
    expect((await tier.acquire()).bytes).toHaveLength(16);
  });

  it('passes by those who waited and vanished, timer and all', async () => {
    const tier = createTier();
    await tier.acquire();
    await tier.acquire();
    void tier.acquire();
    vi.clearAllTimers();
    nowMs = 121_000;
    expect(tier.tryAcquire()).toBeDefined();
  });

  it('serves who waits from buffers whose requests have vanished, before who asks then', async () => {
    const tier = createTier();
    await tier.acquire();
    await tier.acquire();
    nowMs = 119_000;
    const waiting = tier.acquire();
    nowMs = 121_000;
    expect(tier.tryAcquire()).toBeDefined();
    expect(await waiting).toBeDefined();
    expect(tier.tryAcquire()).toBeUndefined();
  });

  it('does without a buffer whose request has vanished, even when that comes back late', async () => {
    const tier = createTier();
    const vanished = await tier.acquire();
    const alive = await tier.acquire();
    nowMs = 121_000;
    alive.touchedAtMs = nowMs;
    expect(tier.tryAcquire()).toBeDefined();
    expect(tier.tryAcquire()).toBeUndefined();
    tier.release(vanished);
    expect(tier.tryAcquire()).toBeUndefined();
  });
});
