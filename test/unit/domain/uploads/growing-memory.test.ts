import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GrowingMemory } from '#domain/uploads/growing-memory';
import type { LentMemory } from '#domain/uploads/lent-memory';

const KIB = 1024;
const MIB = 1024 * KIB;

let nowMs = 0;
const createMemory = (maxBytes: number) => new GrowingMemory({ maxBytes, clock: { nowMs: () => nowMs } });

/** Grows as far as a body of that length would need. */
function fill(memory: GrowingMemory, lent: LentMemory, limitBytes: number): number {
  while (memory.tryGrow(lent, limitBytes));
  return lent.bytes.length;
}

beforeEach(() => {
  nowMs = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe('memory for small bodies', () => {
  it('takes from a body that says it is tiny just its bytes', async () => {
    const memory = createMemory(4 * KIB);
    expect((await memory.acquire(3)).bytes).toHaveLength(3);
    await Promise.all(Array.from({ length: 1_364 }, () => memory.acquire(3)));
    await memory.acquire(1);
  });

  it('lets hundreds be silent at once, whatever length they have promised', async () => {
    const memory = createMemory(8 * MIB);
    await Promise.all(Array.from({ length: 2_000 }, () => memory.acquire(MIB)));
    expect(fill(memory, await memory.acquire(16 * KIB), 16 * KIB)).toBe(16 * KIB);
  });

  it('grows with the bytes and keeps them', async () => {
    const memory = createMemory(8 * MIB);
    const lent = await memory.acquire(MIB);
    expect(lent.bytes).toHaveLength(4 * KIB);
    lent.bytes.fill(7);
    expect(memory.tryGrow(lent, MIB)).toBe(true);
    expect(lent.bytes).toHaveLength(16 * KIB);
    expect(lent.bytes.subarray(0, 4 * KIB).every((byte) => byte === 7)).toBe(true);
    expect(fill(memory, lent, MIB)).toBe(MIB);
    expect(memory.tryGrow(lent, MIB)).toBe(false);
  });

  it('never lends more than it has, and a quarter of it only to bodies of up to 64 KiB', async () => {
    const memory = createMemory(8 * MIB);
    const large: LentMemory[] = [];
    for (let body = 0; body < 12; body++) {
      const lent = await memory.acquire(MIB);
      fill(memory, lent, MIB);
      large.push(lent);
    }
    const sum = () => large.reduce((bytes, lent) => bytes + lent.bytes.length, 0);
    expect(sum()).toBeLessThanOrEqual(8 * MIB);
    expect(large.filter((lent) => lent.bytes.length === MIB)).toHaveLength(6);
    expect(fill(memory, await memory.acquire(64 * KIB), 64 * KIB)).toBe(64 * KIB);
  });

  it('makes who asks for first bytes wait in order, and gives nobody more meanwhile', async () => {
    const memory = createMemory(8 * KIB);
    const [first, second] = [await memory.acquire(MIB), await memory.acquire(MIB)];
    const served: number[] = [];
    const third = memory.acquire(3).then(() => served.push(3));
    const fourth = memory.acquire(MIB).then(() => served.push(4));
    expect(memory.tryGrow(first, MIB)).toBe(false);
    expect(first.isWanted?.()).toBe(true);
    memory.release(second);
    await third;
    expect(served).toEqual([3]);
    memory.release(first);
    await fourth;
    expect(first.isWanted?.()).toBe(false);
  });

  it('asks to come back when there is none in time', async () => {
    const memory = createMemory(4 * KIB);
    await memory.acquire(MIB);
    const refused = expect(memory.acquire(1)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryAfterSeconds: 5,
    });
    await vi.advanceTimersByTimeAsync(30_000);
    await refused;
  });

  it('does without what a vanished request holds, even when that comes back late', async () => {
    const memory = createMemory(4 * KIB);
    const vanished = await memory.acquire(MIB);
    nowMs = 121_000;
    const next = await memory.acquire(MIB);
    expect(memory.tryGrow(vanished, MIB)).toBe(false);
    memory.release(vanished);
    memory.release(vanished);
    expect(memory.tryGrow(next, MIB)).toBe(false);
  });
});
