import { beforeAll, describe, expect, it } from 'vitest';
import { asAdmin, basic, createServer, errorOf, insertUser, type TestServer, testEnv } from '#test/support/server';

const server = createServer();
const PASSWORD = 'Passw0rd-session';

/** A browser: keeps cookies, and the CSRF token of the last answer. */
class Browser {
  readonly cookies = new Map<string, string>();
  readonly #isolate: TestServer;
  token = '';

  constructor(isolate: TestServer = server) {
    this.#isolate = isolate;
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    if (this.token && !headers.has('x-harbor-csrf-token')) headers.set('x-harbor-csrf-token', this.token);
    const response = await this.#isolate.request(path, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    this.token = response.headers.get('x-harbor-csrf-token') ?? this.token;
    return response;
  }

  async logIn(principal: string, password = PASSWORD): Promise<Response> {
    await this.request('/c/log_out');
    return this.submit('/c/login', { principal, password });
  }

  submit(path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    return this.request(path, { method: 'POST', body: new URLSearchParams(fields) });
  }

  createProject(name: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.request('/api/v2.0/projects', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ project_name: name }),
    });
  }
}

beforeAll(async () => {
  await insertUser(server, 'session-user', PASSWORD);
});

describe('POST /c/login', () => {
  it('opens a session whose cookie no script reads, and the session works on /api and the token service', async () => {
    const browser = new Browser();
    const response = await browser.logIn('session-user');
    expect(response.status).toBe(200);
    const cookie = response.headers.getSetCookie().find((text) => text.startsWith('sid='));
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect((await browser.createProject('session-made')).status).toBe(201);
    const token = await browser.request('/service/token?service=harbor-registry');
    expect(token.status).toBe(200);
  });

  it('marks cookies Secure where clients come by https', async () => {
    const secure = createServer({ EXTERNAL_URL: 'https://registry.test' });
    const response = await secure.request('/c/log_out');
    expect(response.headers.getSetCookie().every((cookie) => /Secure/.test(cookie))).toBe(true);
  });

  it('takes a password with NUL bytes behind it for another one', async () => {
    expect((await new Browser().logIn('session-user', `${PASSWORD}\0`)).status).toBe(401);
  });

  it('answers a wrong password with 401 and nothing else', async () => {
    const browser = new Browser();
    const response = await browser.logIn('session-user', 'wrong');
    expect([response.status, await response.text()]).toEqual([401, '']);
    expect(browser.cookies.has('sid')).toBe(false);
  });

  it('is refused without a CSRF token, and the refusal brings one', async () => {
    const browser = new Browser();
    const refused = await browser.submit('/c/login', { principal: 'session-user', password: PASSWORD });
    expect([refused.status, (await errorOf(refused)).code]).toEqual([403, 'FORBIDDEN']);
    expect((await browser.submit('/c/login', { principal: 'session-user', password: PASSWORD })).status).toBe(200);
  });

  it('gives another id than the one the browser came with', async () => {
    const browser = new Browser();
    await browser.logIn('session-user');
    const first = browser.cookies.get('sid');
    await browser.submit('/c/login', { principal: 'session-user', password: PASSWORD });
    expect(browser.cookies.get('sid')).not.toBe(first);
    const old = await server.request('/api/v2.0/systeminfo', { headers: { cookie: `sid=${first}` } });
    expect(await old.json()).not.toHaveProperty('current_time');
  });

  it.each([{}, { principal: 'session-user' }])('refuses the form %o', async (fields) => {
    const browser = new Browser();
    await browser.request('/c/log_out');
    expect((await browser.submit('/c/login', fields)).status).toBe(400);
  });

  it('refuses a form that is too large', async () => {
    const browser = new Browser();
    await browser.request('/c/log_out');
    const response = await browser.submit('/c/login', { principal: 'x'.repeat(20_000), password: 'x' });
    expect(response.status).toBe(413);
  });
});

describe('a session', () => {
  it('changes nothing without a CSRF token, and the refusal brings a fresh one', async () => {
    const browser = new Browser();
    await browser.logIn('session-user');
    browser.cookies.delete('_gorilla_csrf');
    const refused = await browser.createProject('session-forged', { 'x-harbor-csrf-token': 'forged' });
    expect([refused.status, (await errorOf(refused)).message]).toEqual([403, 'CSRF token invalid']);
    expect(refused.headers.get('x-harbor-csrf-token')).toBe(browser.token);
    expect((await browser.createProject('session-forged')).status).toBe(201);
  });

  it('does not reach /v2', async () => {
    const browser = new Browser();
    await browser.logIn('session-user');
    expect((await browser.request('/v2/')).status).toBe(401);
  });

  it('ends with a logout, and within 10 s in every isolate', async () => {
    const browser = new Browser();
    await browser.logIn('session-user');
    const sid = browser.cookies.get('sid') ?? '';
    const elsewhere = createServer();
    const look = () => elsewhere.request('/api/v2.0/systeminfo', { headers: { cookie: `sid=${sid}` } });
    expect(await (await look()).json()).toHaveProperty('current_time');
    expect((await browser.request('/c/log_out')).status).toBe(200);
    elsewhere.clock.advance(10_000);
    expect(await (await look()).json()).not.toHaveProperty('current_time');
  });

  it('ends with a logout also where it is in use all the time', async () => {
    const browser = new Browser();
    await browser.logIn('session-user');
    const sid = browser.cookies.get('sid') ?? '';
    const elsewhere = createServer();
    const look = () => elsewhere.request('/api/v2.0/systeminfo', { headers: { cookie: `sid=${sid}` } });
    // Beside the looks, one that makes the session last longer.
    elsewhere.clock.advance(61_000);
    expect(await (await look()).json()).toHaveProperty('current_time');
    await browser.request('/c/log_out');
    elsewhere.clock.advance(6_000);
    await look();
    elsewhere.clock.advance(6_000);
    expect(await (await look()).json()).not.toHaveProperty('current_time');
  });

  it('is not opened by a password that has been changed elsewhere', async () => {
    await insertUser(server, 'session-late', PASSWORD);
    const elsewhere = createServer();
    const headers = basic('session-late', PASSWORD);
    expect((await elsewhere.request('/api/v2.0/users/current', { headers })).status).toBe(200);
    const user = await server.services.users.find('session-late');
    if (!user) throw new Error('no user');
    const actor = { username: 'admin', sourceAddress: undefined };
    await server.services.users.changePassword(user, 'Passw0rd-changed', actor);
    const browser = new Browser(elsewhere);
    await browser.logIn('session-late');
    elsewhere.clock.advance(10_000);
    expect(await (await browser.request('/api/v2.0/systeminfo')).json()).not.toHaveProperty('current_time');
  });

  it('ends when it was not used for as long as the setting says, and polling is no use', async () => {
    const idle = createServer();
    const user = await idle.services.users.find('session-user');
    if (!user) throw new Error('no user');
    const sid = await idle.services.sessions.open(user, { username: 'session-user', sourceAddress: undefined });
    const isAlive = async (headers: Record<string, string> = {}) => {
      const response = await idle.request('/api/v2.0/systeminfo', { headers: { cookie: `sid=${sid}`, ...headers } });
      return 'current_time' in ((await response.json()) as object);
    };
    idle.clock.advance(50 * 60_000);
    expect(await isAlive()).toBe(true);
    idle.clock.advance(50 * 60_000);
    expect(await isAlive({ 'x-harbor-no-session-renewal': '1' })).toBe(true);
    idle.clock.advance(11 * 60_000);
    expect(await isAlive()).toBe(false);
  });

  it('ends a week after its login, however often it is used', async () => {
    const patient = createServer({ CONFIG_OVERWRITE_JSON: '{"session_timeout":5760}' });
    const user = await patient.services.users.find('session-user');
    if (!user) throw new Error('no user');
    const sid = await patient.services.sessions.open(user, { username: 'session-user', sourceAddress: undefined });
    const isAliveAfter = async (days: number) => {
      patient.clock.advance(days * 24 * 3_600_000);
      return (await patient.services.sessions.resolve(sid)) !== undefined;
    };
    expect([await isAliveAfter(3), await isAliveAfter(3.9), await isAliveAfter(0.2)]).toEqual([true, true, false]);
  });

  it('ends when the password changes', async () => {
    await insertUser(server, 'session-changing', PASSWORD);
    const browser = new Browser();
    await browser.logIn('session-changing');
    const user = await server.services.users.find('session-changing');
    if (!user) throw new Error('no user');
    await server.services.users.changePassword(user, 'Passw0rd-changed', {
      username: 'admin',
      sourceAddress: undefined,
    });
    expect(await (await browser.request('/api/v2.0/systeminfo')).json()).not.toHaveProperty('current_time');
  });

  it('is not what the database holds', async () => {
    const browser = new Browser();
    await browser.logIn('session-user');
    const { results } = await testEnv.DB.prepare('select * from sessions').all();
    expect(JSON.stringify(results)).not.toContain(browser.cookies.get('sid'));
  });
});

describe('POST /c/userExists', () => {
  it('is closed where nobody may sign up', async () => {
    const browser = new Browser();
    await browser.request('/c/log_out');
    const response = await browser.submit('/c/userExists', { target: 'username', value: 'session-user' });
    expect([response.status, (await errorOf(response)).code]).toEqual([412, 'PRECONDITION']);
  });

  it('tells an administrator whether a name, or one that looks like it, is taken', async () => {
    const browser = new Browser();
    await browser.logIn('admin', 'Harbor12345');
    const ask = async (value: string) => (await browser.submit('/c/userExists', { target: 'username', value })).json();
    expect(await ask('session-user')).toBe(true);
    expect(await ask('session-nobody')).toBe(false);
    expect((await browser.submit('/c/userExists', { target: 'phone', value: 'x' })).status).toBe(400);
  });

  it('needs no session of an administrator who sends a password and a token', async () => {
    const browser = new Browser();
    await browser.request('/c/log_out');
    const response = await browser.request('/c/userExists', {
      method: 'POST',
      headers: asAdmin,
      body: new URLSearchParams({ target: 'email', value: 'nobody@example.com' }),
    });
    expect(await response.json()).toBe(false);
  });
});
