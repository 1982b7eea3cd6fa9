import { beforeAll, describe, expect, it } from 'vitest';
import { insertGroup, tellGroups } from '#test/support/groups';
import { asAdmin, basic, createServer, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const server = createServer();
const asUser = basic('groups-user', 'Passw0rd-groups');
const json = { 'content-type': 'application/json' };
const send = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
  server.request(`/api/v2.0/usergroups${path}`, {
    method,
    headers: { ...json, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const create = (body: unknown, headers: Record<string, string> = asAdmin) => send('POST', '', headers, body);
const names = async (response: Response) =>
  ((await response.json()) as { group_name: string }[]).map(({ group_name: name }) => name);

let userId: number;
beforeAll(async () => {
  userId = await insertUser(server, 'groups-user', 'Passw0rd-groups');
});

describe('POST /api/v2.0/usergroups', () => {
  it('makes a group and says where it is', async () => {
    const response = await create({ group_name: 'made', group_type: 1, ldap_group_dn: 'cn=Made,dc=example,dc=org' });
    expect(response.status).toBe(201);
    const location = response.headers.get('location') ?? '';
    expect(location).toMatch(/^\/api\/v2\.0\/usergroups\/\d+$/);
    expect(await (await server.request(location, { headers: asAdmin })).json()).toEqual({
      id: Number(location.split('/').at(-1)),
      group_name: 'made',
      group_type: 1,
      ldap_group_dn: 'cn=Made,dc=example,dc=org',
    });
    const audit = await testEnv.DB.prepare(`select * from audit_log where resource = 'made'`).first();
    expect(audit).toMatchObject({ operation: 'create', resource_type: 'user-group', username: 'admin' });
  });

  it('refuses a group twice, however its DN is written, but not a name of another type', async () => {
    await create({ group_name: 'twice', group_type: 3 });
    const again = await create({ group_name: 'twice', group_type: 3 });
    expect(again.status).toBe(409);
    expect((await errorOf(again)).code).toBe('CONFLICT');
    expect((await create({ group_name: 'twice', group_type: 2 })).status).toBe(201);
    await create({ group_name: 'ldap-one', group_type: 1, ldap_group_dn: 'cn=one,dc=org' });
    expect((await create({ group_name: 'ldap-two', group_type: 1, ldap_group_dn: 'CN=One, DC=org' })).status).toBe(409);
  });

  it('lets one of two at once win', async () => {
    const body = { group_name: 'raced', group_type: 2 };
    const responses = await Promise.all([create(body), create(body)]);
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it.each<[number, unknown]>([
    [400, {}],
    [400, { group_name: 'untyped' }],
    [400, { group_type: 2 }],
    [400, { group_name: 'no-dn', group_type: 1 }],
    [400, { group_name: 'bad-dn', group_type: 1, ldap_group_dn: 'bad' }],
    [422, { group_name: 7, group_type: 2 }],
    [422, { group_name: 'x'.repeat(1_025), group_type: 2 }],
  ])('answers %i to %j', async (status, body) => {
    expect((await create(body)).status).toBe(status);
  });

  it('is for administrators', async () => {
    expect((await create({ group_name: 'nobodys', group_type: 2 }, {})).status).toBe(401);
    expect((await create({ group_name: 'nobodys', group_type: 2 }, asUser)).status).toBe(403);
  });
});

describe('GET /api/v2.0/usergroups', () => {
  beforeAll(async () => {
    for (const name of ['Listed-a', 'listed-b', 'listed-c']) await insertGroup(server, name);
    await create({ group_name: 'listed-ldap', group_type: 1, ldap_group_dn: 'cn=listed,dc=org' });
    await create({ group_name: 'listed-http', group_type: 2 });
  });

  it('pages those whose name has the text', async () => {
    const response = await send('GET', '?group_name=listed-&page_size=2&page=2', asAdmin);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-total-count')).toBe('5');
    expect(response.headers.get('link')).toContain('page=3');
    expect(await names(response)).toEqual(['listed-c', 'listed-ldap']);
  });

  it('finds names by long texts, and takes no character for a wildcard', async () => {
    const long = `long-${'x'.repeat(200)}%_`;
    await insertGroup(server, long);
    expect(await names(await send('GET', `?group_name=${encodeURIComponent(long)}`, asAdmin))).toEqual([long]);
    expect(await names(await send('GET', `?group_name=${encodeURIComponent('%')}`, asAdmin))).toEqual([long]);
  });

  it('shows the groups of the mode that is on', async () => {
    const listIn = async (mode: string, query: string) => {
      const inMode = createServer({ CONFIG_OVERWRITE_JSON: JSON.stringify({ auth_mode: mode }) });
      return names(await inMode.request(`/api/v2.0/usergroups?group_name=listed${query}`, { headers: asAdmin }));
    };
    expect(await listIn('ldap_auth', '')).toEqual(['listed-ldap']);
    expect(await listIn('ldap_auth', '&ldap_group_dn=CN%3Dlisted%2C%20dc%3Dorg')).toEqual(['listed-ldap']);
    expect(await listIn('ldap_auth', '&ldap_group_dn=cn%3Dother%2Cdc%3Dorg')).toEqual([]);
    expect(await listIn('http_auth', '&ldap_group_dn=cn%3Dother')).toEqual(['listed-http']);
  });

  it('is for administrators', async () => {
    expect((await send('GET', '', {})).status).toBe(401);
    expect((await send('GET', '', asUser)).status).toBe(403);
  });
});

describe('GET /api/v2.0/usergroups/search', () => {
  it('tells any account the groups of a name', async () => {
    const { id } = await insertGroup(server, 'searched');
    const response = await send('GET', '/search?groupname=EARCHE', asUser);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-total-count')).toBe('1');
    expect(await response.json()).toEqual([{ id, group_name: 'searched', group_type: 3 }]);
  });

  it('wants a name, and somebody known', async () => {
    expect((await send('GET', '/search', asUser)).status).toBe(422);
    expect((await send('GET', '/search?groupname=', asUser)).status).toBe(400);
    expect((await send('GET', '/search?groupname=x', {})).status).toBe(401);
  });
});

describe('an operation on one group', () => {
  it.each(['GET', 'PUT', 'DELETE'])('%s is for administrators and for groups that exist', async (method) => {
    const { id } = await insertGroup(server, `one-${method}`);
    const body = method === 'PUT' ? { group_name: 'other' } : undefined;
    expect((await send(method, `/${id}`, {}, body)).status).toBe(401);
    expect((await send(method, `/${id}`, asUser, body)).status).toBe(403);
    expect((await send(method, '/999999', asAdmin, body)).status).toBe(404);
    expect((await send(method, '/word', asAdmin, body)).status).toBe(422);
  });
});

describe('PUT /api/v2.0/usergroups/{group_id}', () => {
  const facts = (groupId: number) =>
    testEnv.DB.prepare(
      `select (select count(*) from user_group_members where group_id = ?1) members,
         (select security_version from users where id = ?2) version`,
    )
      .bind(groupId, userId)
      .first<{ members: number; version: number }>();

  it('changes the name of an LDAP group and nothing else', async () => {
    const dn = 'cn=renamed,dc=org';
    const { id } = await server.services.groups.create(
      { name: 'before', type: 1, ldapDn: dn },
      { username: 'admin', sourceAddress: undefined },
    );
    await testEnv.DB.prepare('insert into user_group_members (user_id, group_id) values (?, ?)').bind(userId, id).run();
    const before = await facts(id);
    const change = { group_name: 'after', group_type: 2, ldap_group_dn: 'cn=other' };
    expect((await send('PUT', `/${id}`, asAdmin, change)).status).toBe(200);
    const group = await (await send('GET', `/${id}`, asAdmin)).json();
    expect(group).toEqual({ id, group_name: 'after', group_type: 1, ldap_group_dn: dn });
    expect(await facts(id)).toEqual(before);
  });

  it('puts everybody out of a group that is another under another name', async () => {
    const { id } = await insertGroup(server, 'old-name');
    await tellGroups(server, 'groups-user', ['old-name']);
    const before = await facts(id);
    expect((await send('PUT', `/${id}`, asAdmin, { group_name: 'old-name' })).status).toBe(200);
    expect(await facts(id)).toEqual({ members: 1, version: before?.version });
    expect((await send('PUT', `/${id}`, asAdmin, { group_name: 'new-name' })).status).toBe(200);
    expect(await facts(id)).toEqual({ members: 0, version: (before?.version ?? 0) + 1 });
  });

  it('refuses the name of another group, and none', async () => {
    const { id } = await insertGroup(server, 'first-name');
    await insertGroup(server, 'second-name');
    expect((await send('PUT', `/${id}`, asAdmin, { group_name: 'second-name' })).status).toBe(409);
    expect((await send('PUT', `/${id}`, asAdmin, { group_name: '' })).status).toBe(400);
  });
});

describe('DELETE /api/v2.0/usergroups/{group_id}', () => {
  it('ends memberships in projects, and voids what rests on them', async () => {
    const { id } = await insertGroup(server, 'deleted');
    await tellGroups(server, 'groups-user', ['deleted']);
    const projectId = await insertProject(server, 'deleted-groups');
    await testEnv.DB.prepare(
      'insert into project_members (project_id, group_id, role, created_at_ms) values (?, ?, 3, 0)',
    )
      .bind(projectId, id)
      .run();
    const versions = () =>
      testEnv.DB.prepare(
        `select (select security_version from projects where id = ?) project,
           (select security_version from users where id = ?) user`,
      )
        .bind(projectId, userId)
        .first<{ project: number; user: number }>();
    const before = await versions();
    const statuses = await Promise.all([send('DELETE', `/${id}`, asAdmin), send('DELETE', `/${id}`, asAdmin)]);
    expect(statuses.map(({ status }) => status).sort()).toEqual([200, 404]);
    expect(await versions()).toEqual({ project: (before?.project ?? 0) + 1, user: (before?.user ?? 0) + 1 });
    const left = await testEnv.DB.prepare(
      `select (select count(*) from project_members where group_id = ?1)
         + (select count(*) from user_group_members where group_id = ?1) n`,
    )
      .bind(id)
      .first('n');
    expect(left).toBe(0);
  });
});

describe('the list of user groups, asked wrongly', () => {
  it.each(['page_size=101', 'page=x'])('is 422 for %s', async (query) => {
    expect((await send('GET', `?${query}`, asAdmin)).status).toBe(422);
  });
});
