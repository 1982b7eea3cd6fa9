import { describe, expect, it } from 'vitest';
import { BoundedCache } from '#core/bounded-cache';

function createCache(maxWeight = 3, ttlMs = 100) {
  const time = { nowMs: 0 };
  return { time, cache: new BoundedCache<string>({ maxWeight, ttlMs, clock: { nowMs: () => time.nowMs } }) };
}

describe('BoundedCache', () => {
  it('forgets the least recently used entry when it is full', () => {
    const { cache } = createCache();
    for (const key of ['a', 'b', 'c']) cache.put(key, key);
    cache.get('a');
    cache.put('d', 'd');
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual(['a', undefined, 'c', 'd']);
  });

  it('forgets an entry at its time, never later than asked for', () => {
    const { cache, time } = createCache();
    cache.put('long', 'x', { ttlMs: 1_000 });
    cache.put('short', 'y', { ttlMs: 10 });
    time.nowMs = 10;
    expect(cache.get('short')).toBeUndefined();
    expect(cache.get('long')).toBe('x');
    time.nowMs = 100;
    expect(cache.get('long')).toBeUndefined();
  });

  it('keeps the sum of weights within its bound and refuses what is heavier than all of it', () => {
    const { cache } = createCache(10);
    cache.put('a', 'a', { weight: 6 });
    cache.put('b', 'b', { weight: 5 });
    cache.put('c', 'c', { weight: 11 });
    expect(['a', 'b', 'c'].map((key) => cache.get(key))).toEqual([undefined, 'b', undefined]);
  });

  it('counts a replaced entry once', () => {
    const { cache } = createCache(10);
    for (let round = 0; round < 5; round++) cache.put('a', 'a', { weight: 6 });
    cache.put('b', 'b', { weight: 4 });
    expect(cache.get('a')).toBe('a');
  });
});
