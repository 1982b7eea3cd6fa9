import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#core/clock';
import { LEASE_MS, LeaseQueue } from '#domain/repositories/lease-queue';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('LeaseQueue', () => {
  it('serves waiters in the order they came, with growing tokens', async () => {
    const queue = new LeaseQueue(systemClock);
    const first = (await queue.acquire(1_000)) ?? 0;
    const served: string[] = [];
    const second = queue.acquire(1_000).then((token) => served.push('second') && token);
    const third = queue.acquire(1_000).then((token) => served.push('third') && token);
    queue.release(first);
    const secondToken = (await second) ?? 0;
    expect(served).toEqual(['second']);
    queue.release(secondToken);
    expect((await third) ?? 0).toBeGreaterThan(secondToken);
    expect(secondToken).toBeGreaterThan(first);
  });

  it('gives up on a waiter whose time is over, and does not serve it later', async () => {
    const queue = new LeaseQueue(systemClock);
    const first = (await queue.acquire(0)) ?? 0;
    const late = queue.acquire(50);
    await vi.advanceTimersByTimeAsync(51);
    expect(await late).toBeUndefined();
    queue.release(first);
    expect(await queue.acquire(0)).toBeDefined();
  });

  it('takes the lease from a holder that does not come back, whose release then ends nobody else’s lease', async () => {
    const queue = new LeaseQueue(systemClock);
    const lost = (await queue.acquire(0)) ?? 0;
    const next = queue.acquire(LEASE_MS * 2);
    await vi.advanceTimersByTimeAsync(LEASE_MS + 1);
    expect(await next).toBeGreaterThan(lost);
    queue.release(lost);
    const blocked = queue.acquire(10);
    await vi.advanceTimersByTimeAsync(11);
    expect(await blocked).toBeUndefined();
  });

  it('hands out a greater token after it was evicted', async () => {
    const before = (await new LeaseQueue(systemClock).acquire(0)) ?? 0;
    await vi.advanceTimersByTimeAsync(1);
    expect(await new LeaseQueue(systemClock).acquire(0)).toBeGreaterThan(before);
  });
});
