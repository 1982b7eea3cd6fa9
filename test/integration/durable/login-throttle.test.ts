import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it, vi } from 'vitest';
import { DurableLoginThrottles } from '#adapters/durable/login-throttles';
import type { LoginRecord } from '#domain/access/login-throttle';
import { testEnv } from '#test/support/server';

const throttles = new DurableLoginThrottles({ namespace: testEnv.LOGIN_THROTTLE });

/** The object of an account, found as the adapter finds it. */
async function objectOf(account: string): Promise<DurableObjectStub> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(account));
  const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return testEnv.LOGIN_THROTTLE.getByName(`login-${hex}`);
}

const storedIn = async (account: string) =>
  runInDurableObject(await objectOf(account), (_, { storage }) => storage.kv.get<LoginRecord>('record'));

async function login(account: string, client: string, outcome: 'right' | 'wrong' | 'unknown'): Promise<number> {
  const { waitMs } = await throttles.admit(account, client);
  if (waitMs === 0) await throttles.settle(account, client, outcome);
  return waitMs;
}

describe('the throttle of an account', () => {
  it('refuses after five failures, from another isolate’s adapter too, and leaves other accounts alone', async () => {
    for (let failure = 0; failure < 5; failure++) expect(await login('ann', '192.0.2.1', 'wrong')).toBe(0);
    for (let failure = 0; failure < 7; failure++) await throttles.settle('ann', '192.0.2.1', 'wrong');
    const others = new DurableLoginThrottles({ namespace: testEnv.LOGIN_THROTTLE });
    expect((await others.admit('ann', '192.0.2.9')).waitMs).toBeGreaterThan(0);
    expect((await others.admit('bob', '192.0.2.1')).waitMs).toBe(0);
  });

  it('takes any name', async () => {
    for (const name of ['', 'ä\n: \u{1f600}', 'x'.repeat(10_000)]) expect(await login(name, 'c', 'wrong')).toBe(0);
  });

  it('stores nothing for checks without an outcome', async () => {
    await login('carl', '192.0.2.1', 'unknown');
    await throttles.admit('carl', '192.0.2.1');
    expect(await storedIn('carl')).toBeUndefined();
  });

  it('keeps its count when it is evicted, and forgets it with the alarm an hour later', async () => {
    for (let failure = 0; failure < 3; failure++) await login('dora', '192.0.2.1', 'wrong');
    expect(await storedIn('dora')).toMatchObject({ others: { count: 3 }, usual: [] });
    const stub = await objectOf('dora');
    await evictDurableObject(stub);
    for (let failure = 3; failure < 12; failure++) await throttles.settle('dora', '192.0.2.1', 'wrong');
    expect(await login('dora', '192.0.2.1', 'wrong')).toBeGreaterThan(0);
    const alarmMs = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
    vi.spyOn(Date, 'now').mockReturnValue((alarmMs ?? 0) + 10_000);
    expect(await runDurableObjectAlarm(stub)).toBe(true);
    vi.restoreAllMocks();
    expect(await storedIn('dora')).toBeUndefined();
    expect(await runInDurableObject(stub, (_, { storage }) => storage.getAlarm())).toBeNull();
  });

  it('keeps a usual client and looks again later when only failures are forgotten', async () => {
    await login('emil', '192.0.2.1', 'right');
    const stub = await objectOf('emil');
    const day = 24 * 3_600_000;
    const alarmMs = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
    expect(alarmMs).toBeGreaterThan(Date.now() + 29 * day);
    await login('emil', '192.0.2.9', 'wrong');
    expect(await storedIn('emil')).toMatchObject({ others: { count: 1 }, usual: [{ client: '192.0.2.1' }] });
  });
});

describe('a throttle that does not answer', () => {
  it('is given up after a few seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const silent = { getByName: () => ({ admit: () => new Promise(() => undefined) }) };
    const admission = new DurableLoginThrottles({ namespace: silent as unknown as DurableObjectNamespace }).admit(
      'a',
      'c',
    );
    const refused = expect(admission).rejects.toThrow('does not answer');
    await vi.advanceTimersByTimeAsync(3_000);
    await refused;
    vi.useRealTimers();
  });
});
