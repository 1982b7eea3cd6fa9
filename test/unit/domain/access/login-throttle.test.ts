import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admit,
  type CheckOutcome,
  type LoginThrottleState,
  NO_RECORD,
  nextForgettingAtMs,
  prune,
  settle,
} from '#domain/access/login-throttle';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = 1_000 * DAY;

/** A throttle that a test talks to, at a time that it moves. */
function createThrottle(state: LoginThrottleState = { record: NO_RECORD, inFlight: [] }) {
  let current = state;
  let nowMs = NOW;
  const ask = (client: string) => {
    const { state: next, admission } = admit(current, client, nowMs);
    current = next;
    return admission;
  };
  const wait = (client: string) => ask(client).waitMs;
  const end = (client: string, outcome: CheckOutcome) => {
    current = settle(current, client, outcome, nowMs);
  };
  /** A whole login; answers the wait it was given. */
  const login = (client: string, outcome: CheckOutcome) => {
    const waitMs = wait(client);
    if (waitMs === 0) end(client, outcome);
    return waitMs;
  };
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { ask, wait, end, login, advance, now: () => nowMs, state: () => current };
}

/** Fails until a wait is given, over and over, `lockouts` times. */
function attack(throttle: ReturnType<typeof createThrottle>, client: () => string, lockouts: number): number[] {
  const waits: number[] = [];
  while (waits.length < lockouts) {
    const waitMs = throttle.login(client(), 'wrong');
    if (waitMs === 0) continue;
    waits.push(waitMs);
    throttle.advance(waitMs);
  }
  return waits;
}

describe('wrong passwords', () => {
  it('are free five times, then cost waits that double up to a quarter of an hour', () => {
    const throttle = createThrottle();
    for (let failure = 1; failure <= 5; failure++) expect(throttle.login('a', 'wrong')).toBe(0);
    const waits = attack(throttle, () => 'a', 12);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900].map((seconds) => seconds * SECOND));
  });

  it('from many addresses count together', () => {
    const throttle = createThrottle();
    for (const client of ['a', 'b', 'c', 'd', 'e']) expect(throttle.login(client, 'wrong')).toBe(0);
    expect(throttle.login('f', 'wrong')).toBe(SECOND);
  });

  it('are forgotten after a quiet hour', () => {
    const throttle = createThrottle();
    for (let failure = 1; failure <= 5; failure++) throttle.login('a', 'wrong');
    throttle.advance(HOUR - 1);
    throttle.login('a', 'wrong');
    expect(throttle.wait('a')).toBe(2 * SECOND);
    throttle.advance(HOUR);
    for (let failure = 1; failure <= 5; failure++) expect(throttle.login('a', 'wrong')).toBe(0);
  });

  it('that nobody could check are not counted', () => {
    const throttle = createThrottle();
    for (let attempt = 0; attempt < 50; attempt++) expect(throttle.login('a', 'unknown')).toBe(0);
    expect(throttle.state().record).toBe(NO_RECORD);
  });
});

describe('a client that has succeeded', () => {
  it('is not held up by the failures of others', () => {
    const throttle = createThrottle();
    throttle.login('home', 'right');
    attack(throttle, () => 'stranger', 12);
    expect(throttle.login('stranger', 'wrong')).toBe(0);
    expect(throttle.wait('stranger')).toBe(15 * MINUTE);
    expect(throttle.login('home', 'right')).toBe(0);
  });

  it('is held up by its own failures, and not the others by them', () => {
    const throttle = createThrottle();
    throttle.login('home', 'right');
    expect(attack(throttle, () => 'home', 3)).toEqual([SECOND, 2 * SECOND, 4 * SECOND]);
    expect(throttle.login('stranger', 'wrong')).toBe(0);
  });

  it('starts afresh with its next success, which forgives the others nothing', () => {
    const throttle = createThrottle();
    attack(throttle, () => 'stranger', 3);
    throttle.login('home', 'right');
    attack(throttle, () => 'home', 2);
    throttle.login('home', 'right');
    for (let failure = 1; failure <= 5; failure++) expect(throttle.login('home', 'wrong')).toBe(0);
    throttle.login('stranger', 'wrong');
    expect(throttle.wait('stranger')).toBe(8 * SECOND);
  });

  it('is one of the others again after thirty days, or when eight have succeeded since', () => {
    const aged = createThrottle();
    aged.login('home', 'right');
    aged.advance(30 * DAY);
    attack(aged, () => 'stranger', 3);
    aged.login('stranger', 'wrong');
    expect(aged.wait('home')).toBeGreaterThan(0);

    const crowded = createThrottle();
    for (const client of ['home', '1', '2', '3', '4', '5', '6', '7', '8']) crowded.login(client, 'right');
    attack(crowded, () => 'stranger', 3);
    crowded.login('stranger', 'wrong');
    expect(crowded.wait('home')).toBeGreaterThan(0);
    expect(crowded.wait('1')).toBe(0);
  });

  it('costs a write a day', () => {
    const throttle = createThrottle();
    throttle.login('home', 'right');
    const first = throttle.state().record;
    throttle.advance(DAY - 1);
    throttle.login('home', 'right');
    expect(throttle.state().record).toBe(first);
    throttle.advance(1);
    throttle.login('home', 'right');
    expect(throttle.state().record).not.toBe(first);
  });
});

describe('guesses at once', () => {
  it('are few before the first failure and one at a time when the free ones are used up', () => {
    const throttle = createThrottle();
    const admitted = Array.from({ length: 40 }, () => throttle.wait('a')).filter((waitMs) => waitMs === 0);
    expect(admitted).toHaveLength(16);
    expect(throttle.ask('a')).toEqual({ waitMs: SECOND, isBusy: true });
    for (const _ of admitted) throttle.end('a', 'wrong');
    throttle.advance(throttle.wait('a'));
    expect(throttle.wait('a')).toBe(0);
    expect(throttle.ask('b')).toEqual({ waitMs: SECOND, isBusy: false });
  });

  it('hold nobody up for longer than a minute when their outcome never comes', () => {
    const throttle = createThrottle();
    while (throttle.wait('a') === 0);
    throttle.advance(MINUTE);
    expect(throttle.wait('a')).toBe(0);
  });
});

const client = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l');
const step = fc.record({
  client,
  outcome: fc.constantFrom<CheckOutcome>('right', 'wrong', 'unknown'),
  pauseMs: fc.oneof(fc.nat(10 * SECOND), fc.nat(2 * HOUR), fc.nat(40 * DAY)),
});

describe('whatever happens', () => {
  it('the record stays small and no wait is longer than a quarter of an hour', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const throttle = createThrottle();
        for (const { client, outcome, pauseMs } of steps) {
          expect(throttle.login(client, outcome)).toBeLessThanOrEqual(15 * MINUTE);
          expect(throttle.state().record.usual.length).toBeLessThanOrEqual(8);
          throttle.advance(pauseMs);
        }
      }),
    );
  });

  it('the owner gets in at once from a usual client, however long strangers have attacked', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const throttle = createThrottle();
        for (const { client, pauseMs } of steps) {
          expect(throttle.login('owner', 'right')).toBe(0);
          throttle.login(client, 'wrong');
          throttle.advance(Math.min(pauseMs, 29 * DAY));
        }
      }),
    );
  });

  it('everything is forgotten in the end, at the times that are told', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const throttle = createThrottle();
        for (const { client, outcome, pauseMs } of steps) {
          throttle.login(client, outcome);
          throttle.advance(pauseMs);
        }
        let record = prune(throttle.state().record, throttle.now());
        for (let nowMs = throttle.now(); record !== undefined; ) {
          const nextMs = nextForgettingAtMs(record);
          expect(nextMs).toBeGreaterThan(nowMs);
          nowMs = nextMs;
          record = prune(record, nowMs);
        }
      }),
    );
  });
});
