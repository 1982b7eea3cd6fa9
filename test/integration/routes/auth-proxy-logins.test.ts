import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { GROUP_TYPES } from '#domain/groups/user-group';
import {
  asAdmin,
  basic,
  createServer,
  errorOf,
  fetchToken,
  insertProject,
  type TestServer,
  testEnv,
} from '#test/support/server';

const PROXY = 'https://proxy.example.com';
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  paula: ['developers'],
  peter: [],
  petra: ['wheel'],
  admin: [],
  pia: [],
};
/** A proxy where everybody's password is `right`, with a TokenReview beside it. */
async function answerAsProxy(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  if (request.url === `${PROXY}/login`) {
    const [username, password] = atob(request.headers.get('authorization')?.slice(6) ?? '').split(':');
    return password === 'right' ? Response.json({ session_id: `of-${username}` }) : new Response(null, { status: 401 });
  }
  const { spec } = (await request.json()) as { spec: { token: string } };
  const username = spec.token.replace(/^of-/, '');
  const groups = GROUPS[username];
  return Response.json({ status: groups ? { authenticated: true, user: { username, groups } } : {} });
}

let server: TestServer;

beforeAll(async () => {
  vi.stubGlobal('fetch', answerAsProxy);
  server = createServer();
  await server.services.configuration.update(
    {
      auth_mode: 'http_auth',
      http_authproxy_endpoint: `${PROXY}/login`,
      http_authproxy_tokenreview_endpoint: `${PROXY}/review`,
      http_authproxy_admin_groups: 'wheel',
    },
    { username: 'admin', sourceAddress: undefined },
  );
  await insertProject(server, 'proxied');
  await testEnv.DB.prepare(
    'insert into user_groups (name, type, key, created_at_ms, updated_at_ms) values (?1, ?2, ?1, 0, 0)',
  )
    .bind('developers', GROUP_TYPES.http)
    .run();
});

afterAll(() => vi.unstubAllGlobals());

/** What the token service lets somebody do in the repository of the project. */
async function actionsOf(username: string, password = 'right'): Promise<readonly string[]> {
  const token = await fetchToken(server, `repository:proxied/small:pull,push`, basic(username, password));
  const claims = JSON.parse(atob(token.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/') ?? '')) as {
    access: { actions: string[] }[];
  };
  return claims.access[0]?.actions ?? [];
}

/** Names of the groups an account belongs to. */
async function groupsOf(username: string): Promise<readonly string[]> {
  const { results } = await testEnv.DB.prepare(
    `select g.name from user_group_members m join users u on u.id = m.user_id
       join user_groups g on g.id = m.group_id and g.type = 2 where u.username = ?`,
  )
    .bind(username)
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

describe('a login through an auth proxy', () => {
  it('belongs to the groups that the token review tells of, and may do nothing else', async () => {
    expect(await actionsOf('paula')).toEqual([]);
    expect(await groupsOf('paula')).toEqual(['developers']);
    await actionsOf('peter');
    expect(await groupsOf('peter')).toEqual([]);
  });

  it('is a system administrator’s by the admin groups', async () => {
    expect(await actionsOf('petra')).toEqual(expect.arrayContaining(['pull', 'push', 'delete']));
  });

  it('is refused with a wrong password, and admin stays a local account', async () => {
    const status = async (username: string, password: string) =>
      (await server.request('/api/v2.0/projects', { headers: basic(username, password) })).status;
    expect(await status('paula', 'wrong')).toBe(401);
    expect(await status('admin', 'right')).toBe(401);
    expect(await status('admin', 'Harbor12345')).toBe(200);
  });
});

describe('a login as tokenreview$<name>', () => {
  it('is the login of the user whose token it is', async () => {
    const headers = basic('tokenreview$petra', 'of-petra');
    expect((await server.request('/v2/', { headers })).status).toBe(200);
    expect(await actionsOf('tokenreview$petra', 'of-petra')).toEqual(expect.arrayContaining(['pull', 'push']));
  });

  it.each([
    ['tokenreview$petra', 'of-paula'],
    ['tokenreview$paula', 'of-nobody'],
    ['tokenreview$paula', 'right'],
    ['tokenreview$', 'of-paula'],
  ])('%s is refused with %s', async (username, token) => {
    expect((await server.request('/v2/', { headers: basic(username, token) })).status).toBe(401);
  });
});

describe('a user of the proxy who has not logged in yet', () => {
  const admit = (username: string) =>
    server.request('/api/v2.0/projects/proxied/members', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...asAdmin },
      body: JSON.stringify({ role_id: 2, member_user: { username } }),
    });
  const skipSearch = (isOn: boolean) =>
    server.services.configuration.update(
      { http_authproxy_skip_search: isOn },
      { username: 'admin', sourceAddress: undefined },
    );

  it('becomes a member where every name is taken for one of the proxy’s', async () => {
    expect((await admit('pia')).status).toBe(404);
    await skipSearch(true);
    expect((await admit('pia')).status).toBe(201);
    expect(await actionsOf('pia')).toEqual(expect.arrayContaining(['pull', 'push']));
    expect((await admit('p$a')).status).toBe(400);
    await skipSearch(false);
  });
});

describe('GET /c/authproxy/redirect', () => {
  const arrive = (query: Readonly<Record<string, string>>, on = server, headers: HeadersInit = {}) =>
    on.request(`/c/authproxy/redirect?${new URLSearchParams(query)}`, { headers });
  const sidOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .flatMap((cookie) => /^sid=([^;]+)/.exec(cookie)?.[1] ?? [])
      .at(0);
  const userOf = async (sid: string | undefined) => {
    const response = await server.request('/api/v2.0/users/current', { headers: { cookie: `sid=${sid}` } });
    return response.status === 200 ? ((await response.json()) as { username: string }).username : response.status;
  };

  it('logs the token’s user in and leads to where the proxy wants, telling nobody the token', async () => {
    const response = await arrive({ token: 'of-paula', postURI: '/harbor/projects?page=2' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/harbor/projects?page=2']);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await userOf(sidOf(response))).toBe('paula');
  });

  it('makes the account at the first login, and leads to the start without a way', async () => {
    await testEnv.DB.prepare(`delete from users where username = 'peter'`).run();
    for (const query of [{ token: 'of-peter' }, { token: 'of-peter', postURI: '' }]) {
      const response = await arrive(query);
      expect([response.status, response.headers.get('location')]).toEqual([302, '/']);
      expect(await userOf(sidOf(response))).toBe('peter');
    }
  });

  it('ends the session that the browser had', async () => {
    const planted = sidOf(await arrive({ token: 'of-petra' }));
    const own = sidOf(await arrive({ token: 'of-paula' }, server, { cookie: `sid=${planted}` }));
    expect([await userOf(planted), await userOf(own)]).toEqual([401, 'paula']);
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', '/a\r\nx: y', 'harbor', '/%2fevil.example'])(
    'leads to no %j, and logs nobody in',
    async (postURI) => {
      const response = await arrive({ token: 'of-paula', postURI });
      expect([response.status, sidOf(response)]).toEqual([400, undefined]);
      expect((await errorOf(response)).code).toBe('BAD_REQUEST');
    },
  );

  it.each([{}, { token: '' }, { token: 'of-nobody' }])('refuses %o', async (query) => {
    const response = await arrive(query);
    expect([response.status, sidOf(response)]).toEqual([401, undefined]);
  });

  it('takes over no account that is kept here', async () => {
    const response = await arrive({ token: 'of-admin' });
    expect([response.status, sidOf(response)]).toEqual([401, undefined]);
  });

  it('asks the proxy no more than an address may', async () => {
    const limited = createServer({ LOGIN_RATE: { limit: async () => ({ success: false }) } });
    const response = await arrive({ token: 'of-paula' }, limited);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '60']);
  });

  it('serves nobody where the deployment lacks a secret', async () => {
    const response = await arrive({ token: 'of-paula' }, createServer({ ROADSTEAD_SECRET_KEY: undefined }));
    expect([response.status, (await errorOf(response)).code]).toEqual([503, 'LOGIN_DISABLED']);
  });

  it('is not there in another mode', async () => {
    const other = createServer({ CONFIG_OVERWRITE_JSON: '{"auth_mode": "db_auth"}' });
    const response = await arrive({ token: 'of-paula', postURI: '//evil.example' }, other);
    expect([response.status, (await errorOf(response)).code]).toEqual([412, 'PRECONDITION']);
  });
});
