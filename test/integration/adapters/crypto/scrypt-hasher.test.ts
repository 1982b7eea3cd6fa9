import { scryptSync } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ScryptHasher } from '#adapters/crypto/scrypt-hasher';
import { systemClock } from '#core/clock';
import { AppError } from '#core/errors';
import { formatPasswordHash } from '#domain/access/password';
import { TestClock } from '#test/support/harness';

const clock = new TestClock();

/** A hash that costs next to nothing to check. */
function cheapHashOf(password: string): string {
  const parameters = { cost: 16, blockSize: 8, parallelization: 1 };
  const salt = new Uint8Array(16).fill(1);
  const key = new Uint8Array(scryptSync(password, salt, 32, { N: 16, r: 8, p: 1 }));
  return formatPasswordHash({ parameters, salt, key });
}

afterEach(() => vi.useRealTimers());

describe('ScryptHasher', () => {
  it('tells the right password from a wrong one', async () => {
    const hasher = new ScryptHasher({ clock });
    const stored = await hasher.hash('pässword');
    expect(await hasher.verify('pässword', stored)).toBe('right');
    expect(await hasher.verify('password', stored)).toBe('wrong');
  });

  it('salts, so that equal passwords have different hashes', async () => {
    const hasher = new ScryptHasher({ clock });
    expect(await hasher.hash('same')).not.toBe(await hasher.hash('same'));
  });

  it('asks for a new hash when the parameters are not those in use', async () => {
    const stored = cheapHashOf('old');
    const hasher = new ScryptHasher({ clock });
    expect(await hasher.verify('old', stored)).toBe('right-but-outdated');
    expect(await hasher.verify('new', stored)).toBe('wrong');
  });

  it.each([undefined, 'no hash', ''])('never accepts against the stored hash %j', async (stored) => {
    expect(await new ScryptHasher({ clock }).verify('', stored)).toBe('wrong');
  });

  it('refuses when too many wait, says when to come again, and forgets places that nobody gave back', async () => {
    const hasher = new ScryptHasher({ clock });
    const stored = cheapHashOf('y');
    const waiting = Array.from({ length: 16 }, () => hasher.verify('x', stored));
    const refusal = await hasher.verify('x', stored).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });
    clock.advance(15_001);
    expect(await hasher.verify('x', stored)).toBe('wrong');
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 16 }, () => 'wrong'));
  });

  it('lets others have the isolate between two computations, however many wait', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const hasher = new ScryptHasher({ clock: systemClock });
    const stored = cheapHashOf('y');
    const beginnings: number[] = [];
    const begin = () => {
      beginnings.push(systemClock.nowMs());
      return false;
    };
    const waiting = Promise.all(Array.from({ length: 16 }, () => hasher.verify('x', stored, begin)));
    await vi.advanceTimersByTimeAsync(16 * 300);
    await waiting;
    const distances = beginnings.slice(1).map((atMs, index) => atMs - (beginnings[index] ?? 0));
    expect(distances).toEqual(Array.from({ length: 15 }, () => 300));
  });

  it('serves those who wait in the order they came, and a computation that was spared needs no rest', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const hasher = new ScryptHasher({ clock: systemClock });
    const stored = cheapHashOf('y');
    const served: number[] = [];
    const serve = (index: number) => () => {
      served.push(index);
      return index > 0;
    };
    const waiting = Promise.all(Array.from({ length: 8 }, (_, index) => hasher.verify('x', stored, serve(index))));
    await vi.advanceTimersByTimeAsync(300);
    await waiting;
    expect(served).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
