import { expectSame } from '#test/clients/expectations';
import { type Answer, type JsonRequest, readBasic, startJsonServer } from '#test/logins/json-server';
import { RegistryCaller } from '#test/logins/registry-caller';
import type { Report } from '#test/support/suites/report';
import type { Registry } from '#test/support/suites/roadstead-server';

const USERS: Readonly<Record<string, { readonly password: string; readonly groups: readonly string[] }>> = {
  paula: { password: 'Paula:pass wörd', groups: ['developers'] },
  peter: { password: 'Peter-pass', groups: ['guests'] },
  petra: { password: 'Petra-pass', groups: ['guests', 'wheel'] },
  pablo: { password: 'Pablo-pass', groups: [] },
};

const REPOSITORY = 'proxied/small';
/** Harbor's roles and kinds of groups, by number. */
const ROLE_LIMITED_GUEST = 5;
const GROUP_TYPE_HTTP = 2;

/** An authenticating proxy with a TokenReview beside it. */
function answerAsProxy({ path, authorization, body }: JsonRequest): Answer {
  if (path === '/login') {
    const { username, password } = readBasic(authorization);
    if (USERS[username]?.password !== password) return { status: 401 };
    return { status: 200, json: { session_id: `session-of-${username}` } };
  }
  if (path !== '/review') return { status: 404 };
  const { kind, apiVersion, spec } = JSON.parse(body) as { kind: string; apiVersion: string; spec: { token: string } };
  const username = /^session-of-(.+)$/.exec(spec.token)?.[1] ?? '';
  const user = USERS[username];
  const status = user
    ? { authenticated: true, user: { username, groups: user.groups } }
    : { authenticated: false, error: 'the session is unknown' };
  return { status: 200, json: { kind, apiVersion, status } };
}

/** Wants a registry where nobody but `admin` has logged in yet: afterwards the way of logging in cannot change. */
export async function authProxyScenario({ registry }: { readonly registry: Registry }, report: Report): Promise<void> {
  const proxy = await startJsonServer(answerAsProxy);
  try {
    await report.step('the administrator sets http_auth', () => configure(registry, proxy.url));
    await report.step('the administrator makes a group of the proxy a member of a project', () =>
      admitDevelopers(registry),
    );
    await checkUsers(registry, report);
    await checkGroups(registry, report);
    await checkTokens(registry, report);
    await report.check('a certificate of the proxy’s own, which cannot be honoured, stops logins', async () => {
      const admin = new RegistryCaller(registry, registry.username, registry.password);
      const setting = { http_authproxy_server_certificate: '-----BEGIN CERTIFICATE-----' };
      await admin.expect(200, 'PUT', '/api/v2.0/configurations', setting);
      await new RegistryCaller(registry, 'pablo', 'another').expect(503, 'GET', '/api/v2.0/users/current');
    });
  } finally {
    await proxy.stop();
  }
}

async function configure(registry: Registry, proxyUrl: string): Promise<void> {
  const admin = new RegistryCaller(registry, registry.username, registry.password);
  await admin.expect(200, 'PUT', '/api/v2.0/configurations', {
    auth_mode: 'http_auth',
    http_authproxy_endpoint: `${proxyUrl}/login`,
    http_authproxy_tokenreview_endpoint: `${proxyUrl}/review`,
    http_authproxy_admin_groups: 'wheel, operators',
    http_authproxy_admin_usernames: 'pablo',
    http_authproxy_skip_search: true,
  });
}

async function checkUsers(registry: Registry, report: Report): Promise<void> {
  for (const [username, isAdministrator] of [
    ['paula', false],
    ['peter', false],
    ['petra', true],
    ['pablo', true],
  ] as const) {
    const what = isAdministrator ? 'an administrator' : 'no administrator';
    await report.step(`${username} logs in and is ${what}`, async () => {
      const user = await callerFor(registry, username).currentUser();
      expectSame('username', user.username, username);
      expectSame('admin_role_in_auth', user.admin_role_in_auth, isAdministrator);
    });
  }
  await report.check('a wrong password is refused', async () => {
    await new RegistryCaller(registry, 'paula', 'wrong').expect(401, 'GET', '/api/v2.0/users/current');
  });
}

async function admitDevelopers(registry: Registry): Promise<void> {
  const admin = new RegistryCaller(registry, registry.username, registry.password);
  await admin.seedRepository('proxied', REPOSITORY);
  await admin.expect(201, 'POST', '/api/v2.0/projects/proxied/members', {
    role_id: ROLE_LIMITED_GUEST,
    member_group: { group_name: 'developers', group_type: GROUP_TYPE_HTTP },
  });
}

async function checkGroups(registry: Registry, report: Report): Promise<void> {
  await report.check('who is in the group pulls', async () =>
    expectSame('status', await callerFor(registry, 'paula').pull(REPOSITORY), 200),
  );
  await report.check('who is not in the group does not', async () =>
    expectSame('status', await callerFor(registry, 'peter').pull(REPOSITORY), 401),
  );
  await report.check('an administrator by group does', async () =>
    expectSame('status', await callerFor(registry, 'petra').pull(REPOSITORY), 200),
  );
}

async function checkTokens(registry: Registry, report: Report): Promise<void> {
  await report.check('docker logs in as tokenreview$<name> with a session of the proxy', async () => {
    const docker = new RegistryCaller(registry, 'tokenreview$paula', 'session-of-paula');
    await docker.expect(200, 'GET', '/v2/');
    expectSame('status', await docker.pull(REPOSITORY), 200);
  });
  for (const [username, token] of [
    ['tokenreview$petra', 'session-of-paula'],
    ['tokenreview$paula', 'session-of-nobody'],
    ['tokenreview$paula', USERS['paula']?.password ?? ''],
  ] as const) {
    await report.check(`${username} is refused with ${token}`, async () => {
      await new RegistryCaller(registry, username, token).expect(401, 'GET', '/v2/');
    });
  }
}

function callerFor(registry: Registry, username: string): RegistryCaller {
  return new RegistryCaller(registry, username, USERS[username]?.password ?? '');
}
