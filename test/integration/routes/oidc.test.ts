import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Browser } from '#test/support/browser';
import { CLIENT_ID, CLIENT_SECRET, FakeOidcProvider, ISSUER } from '#test/support/fake-oidc-provider';
import { basic, createHarness } from '#test/support/harness';
import { inSystem, makeRobot } from '#test/support/robots';
import { createServer, errorOf } from '#test/support/server';

const harness = createHarness();
const ORIGIN = 'http://registry.test';
const ACTOR = { username: 'admin', sourceAddress: undefined };

let provider: FakeOidcProvider;
let count = 0;

/** Claims of somebody nobody has seen before. */
function newcomer(claims: Record<string, unknown> = {}) {
  count += 1;
  return { sub: `subject-${count}`, name: `Person ${count}`, email: `person-${count}@id.example`, ...claims };
}

beforeAll(async () => {
  await configure({
    auth_mode: 'oidc_auth',
    oidc_name: 'id',
    oidc_endpoint: ISSUER,
    oidc_client_id: CLIENT_ID,
    oidc_client_secret: CLIENT_SECRET,
    oidc_scope: 'openid,profile,offline_access',
    oidc_groups_claim: 'groups',
    oidc_admin_group: 'admins',
  });
});

beforeEach(async () => {
  provider = new FakeOidcProvider();
  vi.stubGlobal('fetch', provider.fetch);
  await configure({ oidc_auto_onboard: false, oidc_logout: false, oidc_user_claim: '' });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function configure(changes: Readonly<Record<string, unknown>>): Promise<void> {
  return harness.services.configuration.update(changes, ACTOR);
}

/** Goes to the provider; answers the query it comes back with. */
async function goToProvider(browser: Browser, redirectUrl = '/harbor/projects'): Promise<Record<string, string>> {
  const response = await browser.get(`/c/oidc/login?${new URLSearchParams({ redirect_url: redirectUrl })}`);
  expect(response.status).toBe(302);
  return provider.authorize(response.headers.get('location') ?? '');
}

function comeBack(browser: Browser, parameters: Record<string, string>): Promise<Response> {
  return browser.get(`/c/oidc/callback?${new URLSearchParams(parameters)}`);
}

async function logIn(browser: Browser): Promise<Response> {
  return comeBack(browser, await goToProvider(browser));
}

/** Logs somebody in for the first time, whose name the provider tells. */
async function onboarded(user: Record<string, unknown> = newcomer()): Promise<Browser> {
  await configure({ oidc_auto_onboard: true });
  provider.user = user;
  const browser = new Browser(harness);
  const response = await logIn(browser);
  expect(response.status).toBe(302);
  return browser;
}

/** The account with the name, and its CLI secret. */
async function accountOf(username: string) {
  const user = await harness.services.users.find(username);
  if (!user) throw new Error(`no account ${username}`);
  const meta = await harness.services.oidcAccounts.metaOf(user.id);
  return { user, secret: meta?.secret ?? '', meta };
}

/** Whether the browser has a session: others are told less of the system. */
async function isKnown(browser: Browser): Promise<boolean> {
  const response = await browser.get('/api/v2.0/systeminfo');
  return Object.hasOwn((await response.json()) as object, 'current_time');
}

/** Status of a request with a name and a password, as docker sends them. */
async function basicStatus(path: string, username: string, password: string): Promise<number> {
  return (await harness.request('GET', path, { headers: { authorization: basic(username, password) } })).status;
}

const TOKEN_PATH = '/service/token?service=harbor-registry';

describe('GET /c/oidc/login', () => {
  it('sends the browser to the provider, to come back here', async () => {
    const response = await new Browser(harness).get('/c/oidc/login');
    const url = new URL(response.headers.get('location') ?? '');
    expect(response.status).toBe(302);
    expect(url.origin).toBe(ISSUER);
    expect(url.searchParams.get('redirect_uri')).toBe(`${ORIGIN}/c/oidc/callback`);
    expect(url.searchParams.get('scope')).toBe('openid profile offline_access');
  });

  it.each(['http://evil.example', '//evil.example', '/\\evil.example', '/%2fevil.example', '/a\r\nb', 'evil'])(
    'refuses to lead to %j afterwards',
    async (redirectUrl) => {
      const response = await harness.request(
        'GET',
        `/c/oidc/login?${new URLSearchParams({ redirect_url: redirectUrl })}`,
      );
      expect(response.status).toBe(400);
      expect(provider.requests).toEqual([]);
    },
  );

  it('answers 503 while the provider cannot be reached', async () => {
    // It knows nothing of the provider yet.
    const other = createHarness();
    provider.broken.set('/.well-known/openid-configuration', () => new Response('', { status: 502 }));
    expect((await other.request('GET', '/c/oidc/login')).status).toBe(503);
  });
});

describe('a deployment that limits logins by address', () => {
  it('begins none over the limit', async () => {
    const keys: string[] = [];
    const limit = async ({ key }: { key: string }) => ({ success: keys.push(key) <= 1 });
    const limited = createServer({ LOGIN_RATE: { limit } });
    expect((await limited.request('/c/oidc/login', { headers: { 'cf-connecting-ip': '192.0.2.1' } })).status).toBe(302);
    expect((await limited.request('/c/oidc/login', { headers: { 'cf-connecting-ip': '192.0.2.1' } })).status).toBe(429);
    expect(keys).toEqual(['oidc 192.0.2.1', 'oidc 192.0.2.1']);
  });
});

describe('a deployment without its secrets', () => {
  it('serves no login', async () => {
    const bare = createServer({ ROADSTEAD_SECRET_KEY: undefined });
    expect((await bare.request('/c/oidc/login')).status).toBe(503);
    const headers = { authorization: `Bearer ${await provider.idToken()}` };
    expect((await bare.request('/api/v2.0/projects', { headers })).status).toBe(503);
    expect(provider.requests).toEqual([]);
  });
});

describe('GET /c/oidc/callback', () => {
  it('asks somebody new for a name', async () => {
    provider.user = newcomer({ name: 'Grace Hopper' });
    const browser = new Browser(harness);
    const response = await logIn(browser);
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(
      '/oidc-onboard?username=Grace_Hopper&redirect_url=%2Fharbor%2Fprojects',
    );
    expect(browser.cookieNames).not.toContain('sid');
  });

  it('makes an account at once where the settings say so', async () => {
    const browser = await onboarded({ ...newcomer(), name: 'Alan Turing' });
    const { user } = await accountOf('Alan_Turing');
    expect(user).toMatchObject({
      realname: 'Alan Turing',
      isAdminInAuth: false,
      comment: 'Onboarded via OIDC provider',
    });
    expect(await isKnown(browser)).toBe(true);
  });

  it('leads to where the login was asked for', async () => {
    await configure({ oidc_auto_onboard: true });
    provider.user = newcomer();
    const browser = new Browser(harness);
    const response = await comeBack(browser, await goToProvider(browser, '/harbor/projects/1?tab=members'));
    expect(response.headers.get('location')).toBe('/harbor/projects/1?tab=members');
  });

  it('tells what is wrong when the provider tells no name', async () => {
    await configure({ oidc_auto_onboard: true, oidc_user_claim: 'upn' });
    provider.user = newcomer();
    const response = await logIn(new Browser(harness));
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toContain('oidc_user_claim');
  });

  it('knows somebody again by subject and issuer, whatever the name is now', async () => {
    const user = newcomer({ name: 'before' });
    await onboarded(user);
    provider.user = { ...user, name: 'after', email: 'other@id.example' };
    await logIn(new Browser(harness));
    expect((await accountOf('before')).user).toMatchObject({ email: 'other@id.example' });
    expect(await harness.services.users.find('after')).toBeUndefined();
  });

  it("does not hand somebody another one's account for a name", async () => {
    await onboarded(newcomer({ name: 'Margaret' }));
    provider.user = newcomer({ name: 'margaret' });
    const response = await logIn(new Browser(harness));
    expect(response.status).toBe(409);
  });

  it("does not hand out the administrator's account", async () => {
    await configure({ oidc_auto_onboard: true });
    provider.user = newcomer({ name: 'admin' });
    expect((await logIn(new Browser(harness))).status).toBe(409);
  });

  it('makes administrators of the admin group, and unmakes them', async () => {
    const user = newcomer({ name: 'chief', groups: ['admins'] });
    await onboarded(user);
    expect((await accountOf('chief')).user.isAdminInAuth).toBe(true);
    provider.user = { ...user, groups: [] };
    await logIn(new Browser(harness));
    expect((await accountOf('chief')).user.isAdminInAuth).toBe(false);
  });

  it('makes groups known and remembers who is in them, as of the last login', async () => {
    await harness.env.DB.prepare(
      `insert into user_groups (name, type, key, created_at_ms, updated_at_ms) values ('team', 3, 'team', 0, 0),
         ('team', 2, 'team', 0, 0)`,
    ).run();
    const groupsOf = async (userId: number) => {
      const sql = `select g.name, g.type from user_group_members m join user_groups g on g.id = m.group_id where user_id = ?`;
      return (await harness.env.DB.prepare(sql).bind(userId).all()).results;
    };
    const user = newcomer({ name: 'member' });
    await onboarded({ ...user, groups: ['team', 'newly-told'] });
    const { user: member } = await accountOf('member');
    expect(await groupsOf(member.id)).toEqual([
      { name: 'team', type: 3 },
      { name: 'newly-told', type: 3 },
    ]);
    provider.user = { ...user, groups: ['newly-told'] };
    await logIn(new Browser(harness));
    expect(await groupsOf(member.id)).toEqual([{ name: 'newly-told', type: 3 }]);
    provider.user = { ...user, groups: [] };
    await logIn(new Browser(harness));
    expect(await groupsOf(member.id)).toEqual([]);
  });

  /** A login that has begun, with the cookie that a browser keeps of it. */
  async function begun() {
    provider.user = newcomer();
    const response = await harness.request('GET', '/c/oidc/login');
    const [cookie = ''] = response.headers.getSetCookie()[0]?.split(';') ?? [];
    const url = response.headers.get('location') ?? '';
    const finish = (headers: Readonly<Record<string, string>>) =>
      // The provider gives another code for the same state each time.
      harness.request('GET', `/c/oidc/callback?${new URLSearchParams(provider.authorize(url))}`, { headers });
    return { cookie, finish };
  }

  it('takes a state once', async () => {
    const { cookie, finish } = await begun();
    expect((await finish({ cookie })).status).toBe(302);
    expect((await finish({ cookie })).status).toBe(400);
  });

  it('takes a state from the browser that began alone', async () => {
    const { cookie, finish } = await begun();
    const response = await finish({ cookie: cookie.replace(/=.*/, '=of-another-browser') });
    expect(response.status).toBe(400);
    expect(provider.requests).not.toContain('/token');
    // A state that somebody has tried is spent.
    expect((await finish({ cookie })).status).toBe(400);
  });

  it('takes no state without the cookie', async () => {
    const { finish } = await begun();
    expect((await finish({})).status).toBe(400);
  });

  it('takes a state for ten minutes', async () => {
    const late = createHarness();
    const browser = new Browser(late);
    const parameters = provider.authorize((await browser.get('/c/oidc/login')).headers.get('location') ?? '');
    late.clock.advance(600_000);
    expect((await comeBack(browser, parameters)).status).toBe(400);
  });

  it.each([{}, { code: 'code-1' }, { state: 'unknown', code: 'code-1' }])('refuses %j', async (parameters) => {
    const response = await comeBack(new Browser(harness), parameters as Record<string, string>);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toBe('State mismatch');
  });

  it("passes the provider's refusal on", async () => {
    const browser = new Browser(harness);
    const { state = '' } = await goToProvider(browser);
    const response = await comeBack(browser, { state, error: 'access_denied', error_description: 'no' });
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toBe('OIDC callback returned error: access_denied - no');
  });

  it('lets nobody in with an id token of another login', async () => {
    provider.user = newcomer();
    provider.forgeIdToken = () => provider.idToken({ claims: { nonce: 'of another login' } });
    const browser = new Browser(harness);
    expect((await logIn(browser)).status).toBe(400);
    expect(browser.cookieNames).not.toContain('sid');
  });

  it('lets two logins of one browser end', async () => {
    const user = newcomer();
    const browser = await onboarded(user);
    const [first, second] = [await goToProvider(browser), await goToProvider(browser)];
    expect((await comeBack(browser, first)).status).toBe(302);
    expect((await comeBack(browser, second)).status).toBe(302);
  });
});

describe('the choice of a name', () => {
  /** Somebody new, sent to the page. */
  async function waiting(claims: Record<string, unknown> = {}): Promise<Browser> {
    provider.user = newcomer(claims);
    const browser = new Browser(harness);
    expect((await logIn(browser)).headers.get('location')).toMatch(/^\/oidc-onboard\?/);
    return browser;
  }

  it('is a page that needs no script and shows the proposal as text', async () => {
    const browser = await waiting();
    const response = await browser.get(
      `/oidc-onboard?${new URLSearchParams({ username: '"><script>alert(1)</script>' })}`,
    );
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page).not.toContain('<script>');
    expect(page).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
  });

  it('makes the account and logs in by the form', async () => {
    const browser = await waiting();
    const response = await browser.postForm('/oidc-onboard', { username: 'chosen-by-form' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/harbor/projects');
    expect(browser.cookieNames).toContain('sid');
    expect((await accountOf('chosen-by-form')).meta?.subjectIssuer).toBe(`${provider.user['sub']}${ISSUER}`);
  });

  it('makes the account and logs in by JSON', async () => {
    const browser = await waiting();
    const response = await browser.sendJson('POST', '/c/oidc/onboard', { username: 'chosen-by-json' });
    expect(response.status).toBe(200);
    expect(browser.cookieNames).toContain('sid');
    await accountOf('chosen-by-json');
  });

  it('can be made again after a name that is taken', async () => {
    await onboarded(newcomer({ name: 'taken' }));
    await configure({ oidc_auto_onboard: false });
    const browser = await waiting();
    const refusal = await browser.postForm('/oidc-onboard', { username: 'taken' });
    expect(refusal.status).toBe(409);
    expect(await refusal.text()).toContain('role="alert"');
    expect((await browser.postForm('/oidc-onboard', { username: 'free' })).status).toBe(303);
  });

  it.each(['', 'a,b', 'a$b', 'a:b', 'anonymous', 'x'.repeat(256)])('refuses the name %j', async (username) => {
    const browser = await waiting();
    expect((await browser.sendJson('POST', '/c/oidc/onboard', { username })).status).toBe(400);
  });

  it('is made once', async () => {
    const browser = await waiting();
    const cookie = `oidc_ticket=${browser.cookie('oidc_ticket')}`;
    const submit = (username: string) =>
      harness.request('POST', '/oidc-onboard', { headers: { cookie }, body: new URLSearchParams({ username }) });
    expect((await submit('once')).status).toBe(303);
    expect((await submit('twice')).status).toBe(400);
  });

  it.each([undefined, 'of-nobody'])('is no page for who has no login under way: ticket %s', async (ticket) => {
    const headers: HeadersInit = ticket ? { cookie: `oidc_ticket=${ticket}` } : {};
    const response = await harness.request('GET', '/oidc-onboard?username=x', { headers });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/account/sign-in']);
  });

  it("is nobody's without a ticket", async () => {
    const browser = new Browser(harness);
    await browser.get('/c/oidc/login');
    const response = await browser.sendJson('POST', '/c/oidc/onboard', { username: 'nobody' });
    expect(response.status).toBe(400);
    expect(await harness.services.users.find('nobody')).toBeUndefined();
  });
});

describe('GET /c/oidc/logout', () => {
  it('ends the session here', async () => {
    const browser = await onboarded();
    const response = await browser.get('/c/oidc/logout');
    expect(response.headers.get('location')).toBe('/account/sign-in');
    expect(browser.cookieNames).not.toContain('sid');
    expect(provider.revoked).toEqual([]);
  });

  it('ends it at the provider too where the settings say so, and voids the refresh token', async () => {
    const user = newcomer({ name: 'leaver' });
    const browser = await onboarded(user);
    await configure({ oidc_logout: true });
    const response = await browser.get('/c/oidc/logout');
    const url = new URL(response.headers.get('location') ?? '');
    expect(url.origin + url.pathname).toBe(`${ISSUER}/logout`);
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${ORIGIN}/account/sign-in`);
    expect(url.searchParams.get('id_token_hint')?.split('.')).toHaveLength(3);
    expect(provider.revoked).toHaveLength(1);
    const { secret } = await accountOf('leaver');
    expect(await basicStatus(TOKEN_PATH, 'leaver', secret)).toBe(401);
  });

  it('voids nothing for a session that has ended, though it ends it at the provider', async () => {
    const browser = await onboarded(newcomer({ name: 'leaver-late' }));
    await configure({ oidc_logout: true });
    const { user, secret } = await accountOf('leaver-late');
    // Another state of the account ends its sessions.
    await harness.services.users.setAdministrator(user, true, ACTOR);
    const response = await browser.get('/c/oidc/logout');
    expect(response.headers.get('location')).toContain(`${ISSUER}/logout`);
    expect(provider.revoked).toEqual([]);
    expect(await basicStatus(TOKEN_PATH, 'leaver-late', secret)).toBe(200);
  });

  it('is good for somebody who has no session', async () => {
    await configure({ oidc_logout: true });
    const response = await new Browser(harness).get('/c/oidc/logout');
    expect(response.headers.get('location')).toBe('/account/sign-in');
  });
});

describe("Harbor's forms of login and logout", () => {
  it.each(['a-provider-user', 'nobody-yet'])('send %s to the provider', async (principal) => {
    if (principal === 'a-provider-user') await onboarded(newcomer({ name: principal }));
    const browser = new Browser(harness);
    await browser.get('/c/log_out');
    const response = await browser.postForm('/c/login', { principal, password: 'whatever' });
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ redirect_location: `${ORIGIN}/c/oidc/login` });
  });

  it('let the administrator in', async () => {
    const browser = new Browser(harness);
    await browser.get('/c/log_out');
    const login = await browser.postForm('/c/login', { principal: 'admin', password: 'Harbor12345' });
    expect(login.status).toBe(200);
    expect((await browser.get('/c/log_out')).status).toBe(200);
  });

  it("send a provider's user out by the provider", async () => {
    const browser = await onboarded();
    const response = await browser.get('/c/log_out');
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ redirect_location: `${ORIGIN}/c/oidc/logout` });
    expect(await isKnown(browser)).toBe(true);
  });
});

describe('the CLI secret', () => {
  it('is told to its owner alone', async () => {
    const browser = await onboarded(newcomer({ name: 'cli-reader' }));
    const { user, secret } = await accountOf('cli-reader');
    const own = (await (await browser.get('/api/v2.0/users/current')).json()) as Record<string, unknown>;
    expect(own).toMatchObject({
      username: 'cli-reader',
      oidc_user_meta: { user_id: user.id, subiss: `${provider.user['sub']}${ISSUER}`, secret },
    });
    const headers = { authorization: basic('admin', 'Harbor12345') };
    const others = await harness.request('GET', `/api/v2.0/users/${user.id}`, { headers });
    const shown = (await others.json()) as { oidc_user_meta: Record<string, unknown> };
    expect(Object.keys(shown.oidc_user_meta).sort()).toEqual([
      'creation_time',
      'id',
      'subiss',
      'update_time',
      'user_id',
    ]);
    const byId = (await (await browser.get(`/api/v2.0/users/${user.id}`)).json()) as typeof shown;
    expect(byId.oidc_user_meta).toMatchObject({ ...shown.oidc_user_meta, secret });
  });

  it.each(['/v2/', TOKEN_PATH, '/api/v2.0/projects', '/api/v2.0/systeminfo'])('is taken on %s', async (path) => {
    const name = `cli-${count}`;
    await onboarded(newcomer({ name }));
    const { secret } = await accountOf(name);
    expect(secret).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(await basicStatus(path, name, secret)).toBe(200);
    expect(await basicStatus(path, name, `${secret}x`)).toBe(401);
  });

  it('makes an administrator of a member of the admin group', async () => {
    await onboarded(newcomer({ name: 'cli-chief', groups: ['admins'] }));
    await onboarded(newcomer({ name: 'cli-worker' }));
    const ping = async (name: string) => {
      const { secret } = await accountOf(name);
      const headers = { authorization: basic(name, secret), 'content-type': 'application/json' };
      const body = JSON.stringify({ url: ISSUER, verify_cert: true });
      return (await harness.request('POST', '/api/v2.0/system/oidc/ping', { headers, body })).status;
    };
    expect(await ping('cli-chief')).toBe(200);
    expect(await ping('cli-worker')).toBe(403);
  });

  it('can be chosen', async () => {
    const browser = await onboarded(newcomer({ name: 'cli-chooser' }));
    const { user, secret } = await accountOf('cli-chooser');
    await browser.get('/api/v2.0/projects');
    const put = (value: string) => browser.sendJson('PUT', `/api/v2.0/users/${user.id}/cli_secret`, { secret: value });
    expect((await put('weak')).status).toBe(400);
    expect((await put('Chosen-Secret-1')).status).toBe(200);
    expect(await basicStatus(TOKEN_PATH, 'cli-chooser', 'Chosen-Secret-1')).toBe(200);
    expect(await basicStatus(TOKEN_PATH, 'cli-chooser', secret)).toBe(401);
  });

  it("is nobody else's to choose", async () => {
    const browser = await onboarded(newcomer());
    await browser.get('/api/v2.0/projects');
    const response = await browser.sendJson('PUT', '/api/v2.0/users/1/cli_secret', { secret: 'Chosen-Secret-1' });
    expect(response.status).toBe(403);
  });

  it("of an administrator is no machine's to choose", async () => {
    await onboarded(newcomer({ name: 'cli-robbed', groups: ['admins'] }));
    await onboarded(newcomer({ name: 'cli-helped' }));
    const robot = await makeRobot(createServer(), { name: 'helper', permissions: [inSystem('user:update')] });
    const choose = async (name: string) => {
      const { user } = await accountOf(name);
      const headers = { authorization: basic(robot.name, robot.secret), 'content-type': 'application/json' };
      const body = JSON.stringify({ secret: 'Chosen-Secret-1' });
      return (await harness.request('PUT', `/api/v2.0/users/${user.id}/cli_secret`, { headers, body })).status;
    };
    expect(await choose('cli-robbed')).toBe(403);
    expect(await choose('cli-helped')).toBe(200);
  });

  it('is not there for an account with a password', async () => {
    const response = await harness.request('PUT', '/api/v2.0/users/1/cli_secret', {
      headers: { authorization: basic('admin', 'Harbor12345'), 'content-type': 'application/json' },
      body: JSON.stringify({ secret: 'Chosen-Secret-1' }),
    });
    expect(response.status).toBe(412);
  });
});

describe("the provider's word for a CLI secret", () => {
  const MINUTE_MS = 60_000;

  /** Somebody who logged in a moment ago, and a server whose clock moves. */
  async function setUp(name: string) {
    await onboarded(newcomer({ name }));
    const { secret } = await accountOf(name);
    const later = createHarness();
    const login = async () => {
      const headers = { authorization: basic(name, secret) };
      return (await later.request('GET', TOKEN_PATH, { headers })).status;
    };
    const refreshes = () => provider.requests.filter((path) => path === '/token').length - 1;
    return { name, later, login, refreshes };
  }

  it('is asked for again every five minutes, once for many logins', async () => {
    const { later, login, refreshes } = await setUp('asker');
    expect(await login()).toBe(200);
    expect(refreshes()).toBe(0);
    later.clock.advance(5 * MINUTE_MS);
    expect(await Promise.all([login(), login(), login()])).toEqual([200, 200, 200]);
    expect(refreshes()).toBe(1);
    later.clock.advance(5 * MINUTE_MS);
    expect(await login()).toBe(200);
    expect(refreshes()).toBe(2);
  });

  it('ends the access of somebody the provider has removed, until they log in there again', async () => {
    const { name, later, login } = await setUp('removed');
    provider.refreshTokens.clear();
    expect(await login()).toBe(200);
    later.clock.advance(5 * MINUTE_MS);
    expect(await login()).toBe(401);
    expect(await login()).toBe(401);
    await logIn(new Browser(later));
    expect(name).toBe('removed');
    expect(await login()).toBe(200);
  });

  it('holds for an hour while the provider is out of order, which is asked once a minute', async () => {
    const { later, login, refreshes } = await setUp('patient');
    provider.broken.set('/token', () => new Response('', { status: 503 }));
    later.clock.advance(5 * MINUTE_MS);
    expect(await login()).toBe(200);
    later.clock.advance(MINUTE_MS / 2);
    expect(await login()).toBe(200);
    expect(refreshes()).toBe(1);
    later.clock.advance(50 * MINUTE_MS);
    expect(await login()).toBe(200);
    later.clock.advance(10 * MINUTE_MS);
    expect(await login()).toBe(503);
    provider.broken.clear();
    later.clock.advance(MINUTE_MS);
    expect(await login()).toBe(200);
  });

  it('ends with the provider that gave it, and so do sessions and tokens, within 10 s', async () => {
    const browser = await onboarded(newcomer({ name: 'left-behind' }));
    const { secret } = await accountOf('left-behind');
    const headers = { authorization: basic('left-behind', secret) };
    const elsewhere = createHarness();
    const cli = async () => (await elsewhere.request('GET', TOKEN_PATH, { headers })).status;
    const session = { cookie: `sid=${browser.cookie('sid')}` };
    const hasSession = async () => {
      const response = await elsewhere.request('GET', '/api/v2.0/systeminfo', { headers: session });
      return Object.hasOwn((await response.json()) as object, 'current_time');
    };
    const token = ((await (await elsewhere.request('GET', TOKEN_PATH, { headers })).json()) as { token: string }).token;
    const registry = async () =>
      (await elsewhere.request('GET', '/v2/', { headers: { authorization: `Bearer ${token}` } })).status;
    const all = async () => [await cli(), await hasSession(), await registry()];
    expect(await all()).toEqual([200, true, 200]);
    try {
      await configure({ oidc_endpoint: 'https://successor.example' });
      elsewhere.clock.advance(10_000);
      expect(await all()).toEqual([401, false, 401]);
    } finally {
      await configure({ oidc_endpoint: ISSUER });
    }
    elsewhere.clock.advance(10_000);
    expect(await all()).toEqual([200, true, 200]);
  });

  it('brings the groups along', async () => {
    const { later, login } = await setUp('promoted');
    provider.user = { ...provider.user, groups: ['admins'] };
    later.clock.advance(5 * MINUTE_MS);
    expect(await login()).toBe(200);
    expect((await accountOf('promoted')).user.isAdminInAuth).toBe(true);
  });
});

describe('an id token as a bearer token', () => {
  async function status(path: string, token: string): Promise<number> {
    return (await harness.request('GET', path, { headers: { authorization: `Bearer ${token}` } })).status;
  }

  it.each(['/api/v2.0/systeminfo', TOKEN_PATH])('is taken on %s', async (path) => {
    await onboarded();
    expect(await status(path, await provider.idToken())).toBe(200);
  });

  it("is not taken on /v2, where bearer tokens are the registry's", async () => {
    await onboarded();
    expect(await status('/v2/', await provider.idToken())).toBe(401);
  });

  it("is nobody's before the first login", async () => {
    provider.user = newcomer();
    expect(await status('/api/v2.0/systeminfo', await provider.idToken())).toBe(401);
  });

  it.each([
    ['for another client', () => provider.idToken({ audience: 'another' })],
    ['that has expired', () => provider.idToken({ expiresIn: -120 })],
    ['that nobody signed', () => provider.forgedIdToken('none')],
    ['that is signed with the public key as a password', () => provider.forgedIdToken('hmac-of-public-key')],
  ])('is refused %s', async (_, make) => {
    await onboarded();
    expect(await status('/api/v2.0/systeminfo', await make())).toBe(401);
  });
});

describe('POST /api/v2.0/system/oidc/ping', () => {
  async function ping(body: unknown, headers: HeadersInit = { authorization: basic('admin', 'Harbor12345') }) {
    return harness.request('POST', '/api/v2.0/system/oidc/ping', {
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  it('answers 200 when a provider answers', async () => {
    expect((await ping({ url: ISSUER, verify_cert: true })).status).toBe(200);
  });

  it('answers 400 when none does, and logs why in one line', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    provider.broken.set('/.well-known/openid-configuration', () => new Response('', { status: 404 }));
    const response = await ping({ url: ISSUER, verify_cert: true });
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toBe('failed to verify connection');
    expect(warn.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown)).toEqual([
      { level: 'warning', message: 'no OIDC provider answers', endpoint: ISSUER, error: expect.any(String) },
    ]);
    warn.mockRestore();
  });

  it('says that certificates are always checked', async () => {
    const response = await ping({ url: ISSUER, verify_cert: false });
    expect(response.status).toBe(400);
    expect((await errorOf(response)).message).toContain('oidc_verify_cert=false cannot be honoured');
  });

  it('asks nothing for somebody unknown', async () => {
    expect((await ping({ url: ISSUER, verify_cert: true }, {})).status).toBe(401);
    expect(provider.requests).toEqual([]);
  });
});
