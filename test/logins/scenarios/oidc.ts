import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expectMatch, expectSame } from '#test/clients/expectations';
import { DOCKER_TOOLS, dockerRound } from '#test/logins/docker-round';
import type { Scenario, World as SuiteWorld } from '#test/logins/scenario';
import { Chromium } from '#test/support/suites/chromium';
import { OidcProvider, type ProviderUser } from '#test/support/suites/oidc-provider';
import type { Report } from '#test/support/suites/report';
import type { Registry } from '#test/support/suites/roadstead-server';

/** How long the registry may remember a login that was right, and then some, in milliseconds. */
const REMEMBERED_LOGIN_MS = 80_000;

const ADA: ProviderUser = {
  password: 'Ada-pass',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  groups: ['engineers'],
};
const GRACE: ProviderUser = {
  password: 'Grace-pass',
  name: 'Grace Hopper',
  email: 'grace@example.com',
  groups: ['registry-admins'],
};

interface CurrentUser {
  readonly user_id: number;
  readonly username: string;
  readonly email: string;
  readonly admin_role_in_auth: boolean;
  readonly oidc_user_meta?: { readonly subiss: string; readonly secret: string };
}

interface World {
  readonly registry: Registry;
  readonly provider: OidcProvider;
  readonly chromium: Chromium;
  readonly report: Report;
}

/** A certified provider and a real browser. */
export const oidcScenario: Scenario = {
  name: 'oidc',
  tools: ['chromium', ...DOCKER_TOOLS],
  /** The provider answers on loopback, by http. */
  environment: { LOOPBACK_ISSUERS: 'on' },
  run: logInWithBrowsers,
};

/** Wants a registry where nobody but `admin` has logged in yet. */
async function logInWithBrowsers({ registry, directory }: SuiteWorld, report: Report): Promise<void> {
  const provider = await OidcProvider.start({ registryUrl: registry.url, users: { 'ada-1': ADA, 'grace-1': GRACE } });
  const chromium = await Chromium.start();
  const world = { registry, provider, chromium, report };
  try {
    await report.step('the administrator sets oidc_auth', () => configure(world, { auth_mode: 'oidc_auth' }));
    await report.check('a ping finds the provider', async () => {
      const ping = { url: provider.issuer, verify_cert: true };
      expectSame('ping', (await asAdmin(world, 'POST', '/api/v2.0/system/oidc/ping', ping)).status, 200);
    });
    const ada = await chromium.open();
    await checkFirstLogin(world, ada);
    await checkCliSecret(world, ada);
    await report.check('Ada logs in with docker by her CLI secret, pushes and pulls', () =>
      dockerRound({ registry, directory }, { username: 'ada', password: 'Chosen-Secret-1' }),
    );
    await checkLogout(world, ada);
    await checkAdministrators(world);
    await checkGroups(world);
    await checkRemoval(world, ada);
  } finally {
    await chromium.stop();
    await provider.stop();
  }
}

async function checkFirstLogin(world: World, page: Page): Promise<void> {
  const { registry, report } = world;
  await report.step('the provider asks who it is, and sends somebody new to the page for a name', async () => {
    await signIn(world, page, 'ada-1', ADA.password);
    expectMatch('address', page.url(), /\/oidc-onboard\?username=Ada_Lovelace&/);
    expectSame('proposal', await page.inputValue('#username'), 'Ada_Lovelace');
  });
  await report.check('the pages run under their policy without a complaint', async () => {
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(`${registry.url}/oidc-onboard?username=%3Cscript%3Ealert(1)%3C/script%3E`);
    expectSame('field', await page.inputValue('#username'), '<script>alert(1)</script>');
    expectSame('complaints', complaints.filter((text) => /policy|refused/i.test(text)).join('\n'), '');
  });
  await report.step('a name that cannot be is told on the page', async () => {
    await chooseName(page, 'a,b');
    expectMatch('alert', (await page.textContent('[role=alert]')) ?? '', /illegal characters/);
    await chooseName(page, 'admin');
    expectMatch('alert', (await page.textContent('[role=alert]')) ?? '', /exists/);
  });
  await report.step('a name makes the account, and the browser goes where it wanted', async () => {
    await chooseName(page, 'ada');
    expectSame('address', page.url(), `${registry.url}/api/v2.0/users/current`);
    const user = await currentUser(world, page);
    expectSame('username', user.username, 'ada');
    expectSame('email', user.email, ADA.email);
    expectSame('subiss', user.oidc_user_meta?.subiss, `ada-1${world.provider.issuer}`);
  });
}

async function checkCliSecret(world: World, page: Page): Promise<void> {
  const { report } = world;
  const paths = [
    '/v2/',
    '/service/token?service=harbor-registry',
    '/api/v2.0/users/current',
    '/api/v2.0/configurations',
  ];
  await report.check('the CLI secret is taken by the registry, the token service and the API', async () => {
    const { secret = '' } = (await currentUser(world, page)).oidc_user_meta ?? {};
    const statuses = [];
    for (const path of paths) statuses.push((await withBasic(world, path, 'ada', secret)).status);
    // Ada is no administrator, whom alone the settings are for.
    expectSame('statuses', statuses.join(), '200,200,200,403');
    expectSame('a wrong one', (await withBasic(world, '/v2/', 'ada', `${secret}x`)).status, 401);
  });
  await report.check('Ada chooses another CLI secret in her session', async () => {
    const { user_id: id } = await currentUser(world, page);
    const status = await sendFromPage(page, 'PUT', `/api/v2.0/users/${id}/cli_secret`, { secret: 'Chosen-Secret-1' });
    expectSame('status', status, 200);
    expectSame('login', (await withBasic(world, '/v2/', 'ada', 'Chosen-Secret-1')).status, 200);
  });
}

async function checkLogout(world: World, page: Page): Promise<void> {
  const { registry, report, provider } = world;
  await report.check('a logout here leaves the session at the provider, which lets Ada in again at once', async () => {
    // The new CLI secret has ended the session.
    await page.goto(loginUrl(registry));
    expectSame('username', (await currentUser(world, page)).username, 'ada');
    await page.goto(`${registry.url}/c/oidc/logout`);
    expectSame('address', page.url(), `${registry.url}/account/sign-in`);
    expectSame('status', (await page.request.get(`${registry.url}/api/v2.0/users/current`)).status(), 401);
    await page.goto(loginUrl(registry));
    expectSame('username', (await currentUser(world, page)).username, 'ada');
  });
  await report.check('where the settings share it, a logout ends the session at the provider too', async () => {
    await configure(world, { oidc_logout: true });
    await page.goto(`${registry.url}/c/oidc/logout`);
    expectMatch('address', page.url(), new RegExp(`^${provider.issuer}/session/end`));
    await Promise.all([page.waitForURL(`${registry.url}/account/sign-in`), page.click('button[value=yes]')]);
    await page.goto(loginUrl(registry));
    expectMatch('address', page.url(), /\/interaction\//);
    await configure(world, { oidc_logout: false });
  });
  await report.check('and within a minute her CLI secret lets nobody in', async () => {
    const deadlineMs = performance.now() + REMEMBERED_LOGIN_MS;
    while ((await withBasic(world, '/v2/', 'ada', 'Chosen-Secret-1')).status === 200) {
      if (performance.now() > deadlineMs) throw new Error('the CLI secret is still taken');
      await sleep(2_000);
    }
  });
}

async function checkAdministrators(world: World): Promise<void> {
  const { chromium, provider, report } = world;
  await report.check('a member of the admin group administers, for as long as the provider says so', async () => {
    await configure(world, { oidc_auto_onboard: true });
    const page = await chromium.open();
    await signIn(world, page, 'grace-1', GRACE.password);
    const grace = await currentUser(world, page);
    expectSame('username', grace.username, 'Grace_Hopper');
    expectSame('administrator', grace.admin_role_in_auth, true);
    expectSame('settings', await statusFromPage(world, page, '/api/v2.0/configurations'), 200);
    provider.setUser('grace-1', { ...GRACE, groups: [] });
    await page.goto(loginUrl(world.registry));
    expectSame('administrator', (await currentUser(world, page)).admin_role_in_auth, false);
    expectSame('settings', await statusFromPage(world, page, '/api/v2.0/configurations'), 403);
  });
}

async function checkGroups(world: World): Promise<void> {
  const { chromium, report } = world;
  await report.check('a member of a group that is a member of a project sees it', async () => {
    await expectStatus(world, 201, 'POST', '/api/v2.0/projects', {
      project_name: 'engine',
      metadata: { public: 'false' },
    });
    const group = { group_name: 'engineers', group_type: 3 };
    await expectStatus(world, 201, 'POST', '/api/v2.0/projects/engine/members', { role_id: 2, member_group: group });
    const page = await chromium.open();
    await signIn(world, page, 'ada-1', ADA.password);
    expectSame('Ada', await statusFromPage(world, page, '/api/v2.0/projects/engine'), 200);
    const other = await chromium.open();
    await signIn(world, other, 'grace-1', GRACE.password);
    expectSame('Grace', await statusFromPage(world, other, '/api/v2.0/projects/engine'), 403);
  });
}

async function checkRemoval(world: World, page: Page): Promise<void> {
  const { provider, report } = world;
  await report.check('whom the provider has removed cannot log in there any more', async () => {
    provider.setUser('ada-1', undefined);
    await page.goto(loginUrl(world.registry));
    await fillIn(page, 'ada-1', ADA.password);
    expectMatch('address', page.url(), /\/interaction\//);
  });
}

function loginUrl(registry: Registry): string {
  return `${registry.url}/c/oidc/login?redirect_url=/api/v2.0/users/current`;
}

/** Goes through the provider's form; ends where the registry sends the browser. */
async function signIn(world: World, page: Page, username: string, password: string): Promise<void> {
  await page.goto(loginUrl(world.registry));
  await fillIn(page, username, password);
  await page.waitForURL((url) => url.origin === world.registry.url);
}

async function fillIn(page: Page, username: string, password: string): Promise<void> {
  await page.fill('[name=username]', username);
  await page.fill('[name=password]', password);
  await Promise.all([page.waitForEvent('load'), page.click('button')]);
}

async function chooseName(page: Page, username: string): Promise<void> {
  await page.fill('#username', username);
  await Promise.all([page.waitForEvent('load'), page.click('button')]);
}

async function currentUser(world: World, page: Page): Promise<CurrentUser> {
  const response = await page.request.get(`${world.registry.url}/api/v2.0/users/current`);
  expectSame('status of users/current', response.status(), 200);
  return (await response.json()) as CurrentUser;
}

async function statusFromPage(world: World, page: Page, path: string): Promise<number> {
  return (await page.request.get(world.registry.url + path)).status();
}

/** A request of the page's own with its session, and the token that the registry asks for then. */
async function sendFromPage(page: Page, method: string, path: string, json: unknown): Promise<number> {
  const origin = new URL(page.url()).origin;
  const { 'x-harbor-csrf-token': token = '' } = (await page.request.get(`${origin}/api/v2.0/users/current`)).headers();
  const headers = { 'x-harbor-csrf-token': token };
  return (await page.request.fetch(origin + path, { method, headers, data: json })).status();
}

function withBasic({ registry }: World, path: string, username: string, password: string): Promise<Response> {
  return fetch(registry.url + path, { headers: { authorization: basic(username, password) } });
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function asAdmin({ registry }: World, method: string, path: string, json: unknown): Promise<Response> {
  const headers = { authorization: basic(registry.username, registry.password), 'content-type': 'application/json' };
  return fetch(registry.url + path, { method, headers, body: JSON.stringify(json) });
}

async function expectStatus(world: World, status: number, method: string, path: string, json: unknown): Promise<void> {
  const response = await asAdmin(world, method, path, json);
  if (response.status === status) return;
  throw new Error(`${method} ${path}: status ${response.status}, expected ${status}: ${await response.text()}`);
}

/** Settings of the provider, with changes. */
async function configure(world: World, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const { issuer, clientId, clientSecret } = world.provider;
  await expectStatus(world, 200, 'PUT', '/api/v2.0/configurations', {
    oidc_name: 'provider',
    oidc_endpoint: issuer,
    oidc_client_id: clientId,
    oidc_client_secret: clientSecret,
    oidc_scope: 'openid,profile,email,groups,offline_access',
    oidc_groups_claim: 'groups',
    oidc_admin_group: 'registry-admins',
    ...changes,
  });
}
