import { describe, expect, it, vi } from 'vitest';
import type { AddressLimit } from '#domain/access/address-limit';
import { LoginGate } from '#domain/access/login-gate';
import { admit, type LoginThrottleState, NO_RECORD, settle } from '#domain/access/login-throttle';
import type { LoginThrottles } from '#domain/access/login-throttles';

const clock = { nowMs: () => 1_000_000_000 };

/** Throttles in memory, which can be cut off. */
class FakeThrottles implements LoginThrottles {
  readonly states = new Map<string, LoginThrottleState>();
  isReachable = true;
  calls = 0;

  async admit(account: string, client: string) {
    const { state, admission } = admit(this.#get(account), client, clock.nowMs());
    this.states.set(account, state);
    return admission;
  }

  async settle(account: string, client: string, outcome: Parameters<LoginThrottles['settle']>[2]) {
    this.states.set(account, settle(this.#get(account), client, outcome, clock.nowMs()));
  }

  #get(account: string): LoginThrottleState {
    this.calls++;
    if (!this.isReachable) throw new Error('unreachable');
    return this.states.get(account) ?? { record: NO_RECORD, inFlight: [] };
  }
}

type Outcome = 'right' | 'wrong' | 'broken' | 'slow';

function createGate(addresses?: AddressLimit) {
  const throttles = new FakeThrottles();
  const foundMeanwhile = new Map<string, string>();
  const gate = new LoginGate({ throttles, addresses, clock });
  const login = (outcome: Outcome, { username = 'ann', clientAddress = '192.0.2.1' } = {}) =>
    gate.pass<string | undefined>({
      username,
      clientAddress,
      foundMeanwhile: () => foundMeanwhile.get(username),
      check: async () => {
        if (outcome === 'broken') throw new Error('the directory is down');
        if (outcome === 'slow') await new Promise(() => undefined);
        return outcome === 'right' ? username : undefined;
      },
      judge: (answer) => (answer === undefined ? 'wrong' : 'right'),
    });
  return { throttles, login, foundMeanwhile };
}

const tooMany = { code: 'TOO_MANY_REQUEST', status: 429 };

describe('the gate before a password check', () => {
  it('answers what the check answers, and 429 with the wait when there were too many failures', async () => {
    const { login } = createGate();
    expect(await login('right')).toBe('ann');
    for (let failure = 0; failure < 5; failure++) expect(await login('wrong')).toBeUndefined();
    await expect(login('right')).rejects.toMatchObject({ ...tooMany, retryAfterSeconds: 1 });
    expect(await login('right', { username: 'bob' })).toBe('bob');
  });

  it('counts the spellings of one name together', async () => {
    const { login } = createGate();
    for (const name of ['ann', 'Ann', 'ANN', ' ann', 'ａnn']) await login('wrong', { username: name });
    await expect(login('right')).rejects.toMatchObject(tooMany);
  });

  it.each([
    ['characters that leave no trace', ['a\u00adnn', 'a\u200bnn', 'ann\ufe0f', 'an\u034fn', 'ann']],
    ['accents', ['änn', 'a\u0308nn', 'ańn', 'ann', 'ànn']],
    ['spaces', ['a nn', 'a  nn', 'a\u00a0nn', 'a \u2003nn', 'a   nn']],
    ['letters that are two in capitals', ['aßnn', 'assnn', 'ASSNN', 'aſsnn', 'aẞnn']],
  ])('counts names together that a directory may take for one: %s', async (_, names) => {
    const { login } = createGate();
    for (const username of names) await login('wrong', { username });
    await expect(login('right', { username: names[0] ?? '' })).rejects.toMatchObject(tooMany);
  });

  it('counts no check that failed to be made', async () => {
    const { login, throttles } = createGate();
    for (let attempt = 0; attempt < 30; attempt++) {
      await expect(login('broken')).rejects.toThrow('the directory is down');
    }
    expect(throttles.states.get('ann')).toEqual({ record: NO_RECORD, inFlight: [] });
  });

  it('goes by its own count while the throttle cannot be reached', async () => {
    const { login, throttles } = createGate();
    throttles.isReachable = false;
    expect(await login('right', { username: 'bob' })).toBe('bob');
    for (let failure = 0; failure < 5; failure++) expect(await login('wrong')).toBeUndefined();
    await expect(login('right')).rejects.toMatchObject(tooMany);
    expect(await login('right', { username: 'bob' })).toBe('bob');
    throttles.isReachable = true;
    expect(await login('right')).toBe('ann');
  });

  it('asks nobody else about an address that is over its limit', async () => {
    const { login, throttles } = createGate({ admits: async (client) => client !== '192.0.2.66' });
    await expect(login('right', { clientAddress: '192.0.2.66' })).rejects.toMatchObject({
      ...tooMany,
      retryAfterSeconds: 60,
    });
    expect(throttles.calls).toBe(0);
    expect(await login('right')).toBe('ann');
  });

  it('lets those in a crowd who wait for their turn have what the first of them has found out', async () => {
    vi.useFakeTimers();
    const { login, foundMeanwhile } = createGate();
    for (let slow = 0; slow < 16; slow++) void login('slow');
    const behind = login('wrong');
    await vi.advanceTimersByTimeAsync(500);
    foundMeanwhile.set('ann', 'found by another');
    await vi.advanceTimersByTimeAsync(250);
    expect(await behind).toBe('found by another');
    vi.useRealTimers();
  });

  it('refuses who has waited for a turn in vain', async () => {
    vi.useFakeTimers();
    const { login } = createGate();
    for (let slow = 0; slow < 16; slow++) void login('slow');
    const refused = expect(login('right')).rejects.toMatchObject({ ...tooMany, retryAfterSeconds: 1 });
    await vi.advanceTimersByTimeAsync(5_000);
    await refused;
    vi.useRealTimers();
  });
});
