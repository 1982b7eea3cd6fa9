import { beforeAll, describe, expect, it } from 'vitest';
import {
  asAdmin,
  basic,
  createServer,
  errorOf,
  fetchToken,
  insertProject,
  insertUser,
  testEnv,
} from '#test/support/server';

const server = createServer();
const PASSWORD = 'Passw0rd-users';
const PATH = '/api/v2.0/users';

type Headers = Readonly<Record<string, string>>;

function send(method: string, path: string, body: unknown, headers: Headers = asAdmin) {
  const init = { method, headers: { 'content-type': 'application/json', ...headers } };
  return server.request(path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
}

const creation = (username: string) => ({
  username,
  password: PASSWORD,
  email: `${username}@example.com`,
  realname: 'A Person',
  comment: '',
});

async function create(username: string): Promise<number> {
  const response = await send('POST', PATH, creation(username));
  expect(response.status).toBe(201);
  return Number(response.headers.get('location')?.split('/').at(-1));
}

const as = (username: string, password = PASSWORD) => basic(username, password);

describe('POST /users', () => {
  it('makes an account that logs in, and says where it is', async () => {
    const id = await create('maya');
    const current = await server.request(`${PATH}/current`, { headers: as('maya') });
    // The comment is empty, and left out.
    expect(await current.json()).toEqual({
      user_id: id,
      username: 'maya',
      email: 'maya@example.com',
      realname: 'A Person',
      sysadmin_flag: false,
      admin_role_in_auth: false,
      creation_time: expect.any(String),
      update_time: expect.any(String),
    });
  });

  it.each([
    ['the name', { ...creation('maya'), email: 'other@example.com' }],
    ['a name that differs in case', { ...creation('MAYA'), email: 'other@example.com' }],
    ['a name in full-width letters', { ...creation('ｍａｙａ'), email: 'other@example.com' }],
    ['the address', { ...creation('someone'), email: 'maya@example.com' }],
  ])('refuses %s of another account', async (_, body) => {
    const response = await send('POST', PATH, body);
    expect([response.status, (await errorOf(response)).code]).toEqual([409, 'CONFLICT']);
  });

  it.each([
    ['a short password', { password: 'Short1' }],
    ['a password without a digit', { password: 'Password-without' }],
    ['no address', { email: '' }],
    ['an address with a line break', { email: 'a@example.com\r\nx: y' }],
    ['an empty name', { username: '' }],
    ['a name of 256 characters', { username: 'n'.repeat(256) }],
    ['a name with a colon', { username: 'a:b' }],
    ['a name with a comma', { username: 'a,b' }],
    ['a name with a line break', { username: 'a\r\nb' }],
    ['a name that mixes alphabets', { username: 'аdmin-of-all' }],
    ['a name that turns text around', { username: 'ab\u202ecd' }],
    ['a name with a selector of variants', { username: 'maya\ufe0f' }],
    ['a name with a filler', { username: 'maya\u3164' }],
    ['a name with an empty Braille pattern', { username: 'maya\u2800' }],
    ['a name with half a character', { username: 'maya\ud800' }],
    ['a real name with half a character', { realname: 'Maya \udc00' }],
    ['the reserved name oidc', { username: 'oidc' }],
    ['a long comment', { comment: 'c'.repeat(31) }],
    ['a real name with a quotation mark', { realname: 'A "Person"' }],
  ])('refuses %s', async (_, change) => {
    const response = await send('POST', PATH, { ...creation('refused'), ...change });
    expect([response.status, (await errorOf(response)).code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('refuses fields of another type with 422', async () => {
    expect((await send('POST', PATH, { ...creation('typed'), username: 7 })).status).toBe(422);
  });

  it('makes one account when two ask at once', async () => {
    const both = await Promise.all([send('POST', PATH, creation('twin')), send('POST', PATH, creation('twin'))]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('is for administrators while nobody may sign up', async () => {
    expect((await send('POST', PATH, creation('uninvited'), {})).status).toBe(401);
    expect((await send('POST', PATH, creation('uninvited'), as('maya'))).status).toBe(403);
  });

  it('lets people sign up at a browser where the setting allows it, and nobody else', async () => {
    const put = (on: boolean) => send('PUT', '/api/v2.0/configurations', { self_registration: on });
    await put(true);
    const page = await server.request('/c/log_out');
    const cookie = page.headers
      .getSetCookie()
      .map((text) => text.split(';')[0])
      .join('; ');
    const token = page.headers.get('x-harbor-csrf-token') ?? '';
    expect((await send('POST', PATH, creation('signed-up'), {})).status).toBe(401);
    const signUp = await send('POST', PATH, creation('signed-up'), { cookie, 'x-harbor-csrf-token': token });
    expect(signUp.status).toBe(201);
    await put(false);
    expect((await send('POST', PATH, creation('late'), { cookie, 'x-harbor-csrf-token': token })).status).toBe(401);
  });
});

describe('GET /users', () => {
  it('lists accounts for administrators, with pages and filters', async () => {
    await create('list-a');
    await create('list-b');
    const response = await server.request(`${PATH}?q=username=~list-&sort=-username&page_size=1`, { headers: asAdmin });
    expect(response.headers.get('x-total-count')).toBe('2');
    expect(response.headers.get('link')).toContain('rel="next"');
    expect(await response.json()).toMatchObject([{ username: 'list-b' }]);
    expect((await server.request(PATH, { headers: as('list-a') })).status).toBe(403);
    expect((await server.request(PATH)).status).toBe(401);
  });

  it('takes parts of a name and of an address as parameters, as Harbor does', async () => {
    const response = await server.request(`${PATH}?username=ist-a&email=LIST`, { headers: asAdmin });
    expect(await response.json()).toMatchObject([{ username: 'list-a' }]);
  });

  it.each(['sysadmin_flag=true', 'password_hash=x', 'username=a,username=b'])('refuses the filter %s', async (q) => {
    const response = await server.request(`${PATH}?q=${encodeURIComponent(q)}`, { headers: asAdmin });
    expect([response.status, (await errorOf(response)).code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('takes wildcards of SQL for letters', async () => {
    const response = await server.request(`${PATH}?q=username=~l%2525st`, { headers: asAdmin });
    expect(await response.json()).toEqual([]);
  });

  it('is searched by name by anybody who is known, and tells nothing more', async () => {
    const search = (headers: Headers) => server.request(`${PATH}/search?username=list-a`, { headers });
    expect(await (await search(as('list-b'))).json()).toEqual([{ user_id: expect.any(Number), username: 'list-a' }]);
    expect((await search({})).status).toBe(401);
    expect((await server.request(`${PATH}/search`, { headers: asAdmin })).status).toBe(422);
  });
});

describe('an account', () => {
  let id: number;
  beforeAll(async () => {
    id = await create('nora');
    await create('omar');
  });

  it('is shown to its owner and to administrators', async () => {
    expect((await server.request(`${PATH}/${id}`, { headers: as('nora') })).status).toBe(200);
    expect((await server.request(`${PATH}/${id}`, { headers: asAdmin })).status).toBe(200);
    expect((await server.request(`${PATH}/${id}`, { headers: as('omar') })).status).toBe(403);
    expect((await server.request(`${PATH}/999999`, { headers: as('omar') })).status).toBe(403);
    expect((await server.request(`${PATH}/999999`, { headers: asAdmin })).status).toBe(404);
    expect((await server.request(`${PATH}/nora`, { headers: asAdmin })).status).toBe(422);
  });

  it('changes its own profile, and nobody else’s', async () => {
    const profile = { email: 'nora@example.org', realname: 'Nora', comment: 'hi' };
    expect((await send('PUT', `${PATH}/${id}`, profile, as('nora'))).status).toBe(200);
    expect((await send('PUT', `${PATH}/${id}`, profile, as('omar'))).status).toBe(403);
    expect((await send('PUT', `${PATH}/${id}`, { ...profile, email: 'omar@example.com' }, as('nora'))).status).toBe(
      409,
    );
    const shown = await server.request(`${PATH}/${id}`, { headers: asAdmin });
    expect(await shown.json()).toMatchObject({ email: 'nora@example.org', realname: 'Nora', comment: 'hi' });
  });

  it('changes its password by saying the present one, which ends its tokens', async () => {
    const token = await fetchToken(server, 'repository:library/x:pull', as('nora'));
    const ping = () => server.request('/v2/', { headers: { authorization: `Bearer ${token}` } });
    expect((await ping()).status).toBe(200);
    const change = (old_password: string, new_password: string) =>
      send('PUT', `${PATH}/${id}/password`, { old_password, new_password }, as('nora'));
    expect((await change('wrong', 'Passw0rd-second')).status).toBe(403);
    expect((await change(PASSWORD, 'weak')).status).toBe(400);
    expect((await change(PASSWORD, 'Passw0rd-with-nul\0')).status).toBe(400);
    expect((await change(PASSWORD, PASSWORD)).status).toBe(400);
    expect((await change(PASSWORD, 'Passw0rd-second')).status).toBe(200);
    expect((await ping()).status).toBe(401);
    expect((await server.request(`${PATH}/current`, { headers: as('nora') })).status).toBe(401);
    expect((await server.request(`${PATH}/current`, { headers: as('nora', 'Passw0rd-second') })).status).toBe(200);
  });

  it('takes one of several new passwords that are sent at once', async () => {
    const twice = await create('petra');
    const change = (new_password: string) =>
      send('PUT', `${PATH}/${twice}/password`, { old_password: PASSWORD, new_password }, as('petra'));
    const wanted = ['Passw0rd-a', 'Passw0rd-b', 'Passw0rd-c'];
    await server.request(`${PATH}/current`, { headers: as('petra') });
    const statuses = (await Promise.all(wanted.map(change))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    const chosen = wanted[statuses.indexOf(200)];
    expect((await server.request(`${PATH}/current`, { headers: as('petra', chosen) })).status).toBe(200);
  });

  it('has its present password guessed by nobody who has its session', async () => {
    const guessed = await create('gita');
    const change = (old_password: string) =>
      send('PUT', `${PATH}/${guessed}/password`, { old_password, new_password: 'Passw0rd-new' }, as('gita'));
    for (let guess = 0; guess < 5; guess++) expect((await change(`guess-${guess}`)).status).toBe(403);
    const next = await change('guess-5');
    expect([next.status, (await errorOf(next)).code]).toEqual([429, 'TOO_MANY_REQUEST']);
  });

  it('changes its password by the present one alone, not by one that has been changed elsewhere', async () => {
    const late = await create('lotte');
    const elsewhere = createServer();
    const body = (old: string, next: string) => JSON.stringify({ old_password: old, new_password: next });
    const change = (on: typeof server, old: string, next: string) =>
      on.request(`${PATH}/${late}/password`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', ...as('lotte') },
        body: body(old, next),
      });
    expect((await elsewhere.request(`${PATH}/current`, { headers: as('lotte') })).status).toBe(200);
    expect((await change(server, PASSWORD, 'Passw0rd-second')).status).toBe(200);
    expect((await change(elsewhere, PASSWORD, 'Passw0rd-third')).status).toBe(403);
    expect((await server.request(`${PATH}/current`, { headers: as('lotte', 'Passw0rd-second') })).status).toBe(200);
  });

  it('gets another password from an administrator, who need not know the present one', async () => {
    const body = { new_password: 'Passw0rd-third' };
    expect((await send('PUT', `${PATH}/${id}/password`, body, as('omar'))).status).toBe(403);
    expect((await send('PUT', `${PATH}/${id}/password`, body)).status).toBe(200);
    expect((await server.request(`${PATH}/current`, { headers: as('nora', 'Passw0rd-third') })).status).toBe(200);
  });
});

describe('the administrator flag', () => {
  it('is given and taken by administrators, but never their own, and acts at once', async () => {
    const id = await create('pia');
    const flag = (value: boolean, headers: Headers, of = id) =>
      send('PUT', `${PATH}/${of}/sysadmin`, { sysadmin_flag: value }, headers);
    expect((await flag(true, as('pia'))).status).toBe(403);
    expect((await flag(true, {})).status).toBe(401);
    expect((await flag(true, asAdmin)).status).toBe(200);
    expect((await server.request(PATH, { headers: as('pia') })).status).toBe(200);
    expect((await flag(false, as('pia'))).status).toBe(403);
    expect((await flag(false, asAdmin)).status).toBe(200);
    expect((await server.request(PATH, { headers: as('pia') })).status).toBe(403);
    expect((await flag(true, asAdmin, 999_999)).status).toBe(404);
    await flag(true, asAdmin);
    expect((await send('PUT', `${PATH}/${id}/sysadmin`, {})).status).toBe(200);
    expect((await server.request(PATH, { headers: as('pia') })).status).toBe(403);
  });

  it('is never taken from the last one who has it', async () => {
    const id = await create('quinn');
    await send('PUT', `${PATH}/${id}/sysadmin`, { sysadmin_flag: true });
    const take = (from: number, headers: Headers) =>
      send('PUT', `${PATH}/${from}/sysadmin`, { sysadmin_flag: false }, headers);
    await Promise.all([take(1, as('quinn')), take(id, asAdmin)]);
    const left = await testEnv.DB.prepare(
      'select count(*) n from users where is_system_admin = 1 and deleted_at_ms is null',
    ).first<number>('n');
    expect(left).toBe(1);
    await testEnv.DB.prepare(
      'update users set is_system_admin = (id = 1), security_version = security_version + 1',
    ).run();
    server.clock.advance(10_000);
  });
});

describe('DELETE /users', () => {
  it('frees the name, and ends memberships, logins and tokens', async () => {
    const id = await create('rosa');
    await insertProject(server, 'users-of-rosa', { members: { [id]: 2 } });
    const token = await fetchToken(server, 'repository:users-of-rosa/x:pull,push', as('rosa'));
    const push = () =>
      server.request('/v2/users-of-rosa/x/blobs/uploads/', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await push()).status).toBe(202);
    expect((await send('DELETE', `${PATH}/${id}`, undefined, as('maya'))).status).toBe(403);
    expect((await send('DELETE', `${PATH}/${id}`, undefined)).status).toBe(200);
    expect((await push()).status).toBe(401);
    expect((await server.request(`${PATH}/current`, { headers: as('rosa') })).status).toBe(401);
    expect((await send('DELETE', `${PATH}/${id}`, undefined)).status).toBe(404);
    await create('rosa');
    const current = await server.request('/api/v2.0/projects/users-of-rosa', { headers: as('rosa') });
    expect(current.status).toBe(403);
  });

  it('spares the first administrator, and oneself', async () => {
    const id = await create('sven');
    await send('PUT', `${PATH}/${id}/sysadmin`, { sysadmin_flag: true });
    expect((await send('DELETE', `${PATH}/${id}`, undefined, as('sven'))).status).toBe(403);
    expect((await send('DELETE', `${PATH}/1`, undefined, as('sven'))).status).toBe(403);
    await send('PUT', `${PATH}/${id}/sysadmin`, { sysadmin_flag: false });
  });
});

describe('GET /users/current/permissions', () => {
  it('lists what the caller may do in a project, or on the system', async () => {
    const id = await insertUser(server, 'permitted', PASSWORD);
    const project = await insertProject(server, 'users-permitted', { members: { [id]: 3 } });
    const list = async (query: string, headers: Headers) => {
      const response = await server.request(`${PATH}/current/permissions?${query}`, { headers });
      return (await response.json()) as { resource: string; action: string }[];
    };
    const guest = await list(`scope=/project/${project}&relative=true`, as('permitted'));
    expect(guest).toContainEqual({ resource: 'repository', action: 'pull' });
    expect(guest).toContainEqual({ resource: '.', action: 'read' });
    expect(guest).not.toContainEqual({ resource: 'repository', action: 'push' });
    const absolute = await list(`scope=/project/${project}`, as('permitted'));
    expect(absolute).toContainEqual({ resource: `/project/${project}/repository`, action: 'pull' });
    expect(await list('', as('permitted'))).toEqual([]);
    expect(await list('', asAdmin)).toContainEqual({ resource: '/system/user', action: 'create' });
    expect((await server.request(`${PATH}/current/permissions`)).status).toBe(401);
  });
});

describe('GET /users/current/permissions, asked wrongly', () => {
  it.each(['relative=maybe', `scope=${'x'.repeat(257)}`])('answers 422 to %s', async (query) => {
    expect((await server.request(`${PATH}/current/permissions?${query}`, { headers: asAdmin })).status).toBe(422);
  });
});
