import { describe, expect, it } from 'vitest';
import { DurableLoginThrottles } from '#adapters/durable/login-throttles';
import { basic, createServer, errorOf, insertUser, testEnv } from '#test/support/server';

const server = createServer();
const OWNER = '192.0.2.1';
const STRANGER = '198.51.100.7';

/** A login over the network: each path reads the same credentials. */
function login(username: string, password: string, address: string, path = '/api/v2.0/projects') {
  return server.request(path, { headers: { ...basic(username, password), 'cf-connecting-ip': address } });
}

const throttles = new DurableLoginThrottles({ namespace: testEnv.LOGIN_THROTTLE });

/** Fails until the wait is minutes long: once over the network, and often enough where that is noted. */
async function failOften(username: string, address: string): Promise<void> {
  expect((await login(username, 'a guess', address)).status).toBe(401);
  for (let failure = 0; failure < 12; failure++) await throttles.settle(username, address, 'wrong');
}

describe('too many wrong passwords', () => {
  it.each([
    ['/api/v2.0/projects', 'TOO_MANY_REQUEST'],
    ['/v2/', 'TOOMANYREQUESTS'],
    ['/service/token?service=harbor-registry', 'TOO_MANY_REQUEST'],
  ])('are answered by %s with 429 %s and the time to wait, for the right one too', async (path, code) => {
    const username = `throttled-${code.toLowerCase()}-${path.length}`;
    await insertUser(server, username, 'Right-passw0rd');
    await failOften(username, STRANGER);
    const response = await login(username, 'Right-passw0rd', STRANGER, path);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await errorOf(response)).toMatchObject({ code });
  });

  it('are answered alike for a name nobody has', async () => {
    await failOften('throttled-nobody', STRANGER);
    expect((await login('throttled-nobody', 'another', STRANGER)).status).toBe(429);
  });

  it('do not lock out the owner, who logs in where they did before, remembered or not', async () => {
    await insertUser(server, 'throttled-owner', 'Right-passw0rd');
    expect((await login('throttled-owner', 'Right-passw0rd', OWNER)).status).toBe(200);
    await failOften('throttled-owner', STRANGER);
    expect((await login('throttled-owner', 'Right-passw0rd', OWNER)).status).toBe(200);
    server.clock.advance(60_000);
    expect((await login('throttled-owner', 'Right-passw0rd', OWNER)).status).toBe(200);
    expect((await login('throttled-owner', 'guess', STRANGER)).status).toBe(429);
  });
});

describe('the throttle', () => {
  it('is not asked about a password that was right a moment ago', async () => {
    await insertUser(server, 'throttled-warm', 'Right-passw0rd');
    const asked: string[] = [];
    const counted = createServer({
      LOGIN_THROTTLE: new Proxy(testEnv.LOGIN_THROTTLE, {
        get(target, property) {
          const member: unknown = Reflect.get(target, property);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) => {
            asked.push(String(property));
            return Reflect.apply(member, target, args);
          };
        },
      }),
    });
    const request = () => counted.request('/v2/', { headers: basic('throttled-warm', 'Right-passw0rd') });
    expect((await request()).status).toBe(200);
    const cold = asked.length;
    expect(cold).toBeGreaterThan(0);
    for (let pull = 0; pull < 5; pull++) expect((await request()).status).toBe(200);
    expect(asked).toHaveLength(cold);
  });

  it('and the limit by address may be missing or broken without a login failing', async () => {
    await insertUser(server, 'throttled-alone', 'Right-passw0rd');
    const broken = new Proxy(testEnv.LOGIN_THROTTLE, {
      get() {
        throw new Error('unreachable');
      },
    });
    const alone = createServer({ LOGIN_THROTTLE: broken, LOGIN_RATE: undefined });
    const headers = { ...basic('throttled-alone', 'Right-passw0rd'), 'cf-connecting-ip': OWNER };
    expect((await alone.request('/v2/', { headers })).status).toBe(200);
  });
});

describe('an address over its limit', () => {
  it('is told to wait a minute, whatever the account', async () => {
    const limited = createServer({ LOGIN_RATE: { limit: async () => ({ success: false }) } });
    const headers = { ...basic('admin', 'Harbor12345'), 'cf-connecting-ip': STRANGER };
    const response = await limited.request('/api/v2.0/projects', { headers });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('60');
  });
});
