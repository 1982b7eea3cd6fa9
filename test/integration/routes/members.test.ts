import { beforeAll, describe, expect, it } from 'vitest';
import { insertGroup } from '#test/support/groups';
import {
  asAdmin,
  basic,
  createServer,
  errorOf,
  insertProject,
  insertUser,
  type TestServer,
  testEnv,
} from '#test/support/server';

const server = createServer();
const asOwner = basic('members-owner', 'Passw0rd-members');
const asGuest = basic('members-guest', 'Passw0rd-members');
const json = { 'content-type': 'application/json' };
const send = (
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
  on: TestServer = server,
): Promise<Response> =>
  on.request(`/api/v2.0/projects/${path}`, {
    method,
    headers: { ...json, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const add = (project: string, body: unknown, headers: Record<string, string> = asOwner, on: TestServer = server) =>
  send('POST', `${project}/members`, headers, body, on);

interface Entity {
  readonly id: number;
  readonly entity_name: string;
}
const list = async (project: string, query = ''): Promise<Entity[]> =>
  (await (await send('GET', `${project}/members${query}`, asOwner)).json()) as Entity[];
const namesOf = (entities: readonly Entity[]) => entities.map(({ entity_name: name }) => name);
const versionOf = (project: string) =>
  testEnv.DB.prepare('select security_version from projects where name = ?').bind(project).first('security_version');
const auditOf = (resource: string, operation: string) =>
  testEnv.DB.prepare('select * from audit_log where resource = ? and operation = ?').bind(resource, operation).first();

let owner: number;
let guest: number;
const users: number[] = [];
const insertTeam = (name: string, members: Readonly<Record<number, number>> = {}) =>
  insertProject(server, name, { members: { [owner]: 1, ...members } });

beforeAll(async () => {
  owner = await insertUser(server, 'members-owner', 'Passw0rd-members');
  guest = await insertUser(server, 'members-guest', 'Passw0rd-members');
  for (const name of ['members-a', 'members-b', 'members-c']) users.push(await insertUser(server, name, 'Passw0rd-x'));
});

describe('POST /api/v2.0/projects/{project_name_or_id}/members', () => {
  it('makes a user a member, by id or by name', async () => {
    const projectId = await insertTeam('added');
    const byId = await add('added', { role_id: 2, member_user: { user_id: users[0] } });
    expect(byId.status).toBe(201);
    expect(await byId.text()).toBe('');
    const location = byId.headers.get('location') ?? '';
    expect(location).toMatch(/^\/api\/v2\.0\/projects\/added\/members\/\d+$/);
    expect(await (await server.request(location, { headers: asOwner })).json()).toEqual({
      id: Number(location.split('/').at(-1)),
      project_id: projectId,
      entity_name: 'members-a',
      role_name: 'developer',
      role_id: 2,
      entity_id: users[0],
      entity_type: 'u',
    });
    expect((await add(String(projectId), { role_id: 5, member_user: { username: 'members-b' } })).status).toBe(201);
    expect(namesOf(await list('added'))).toEqual(['admin', 'members-a', 'members-b', 'members-owner']);
    expect(await auditOf('members-b', 'create')).toMatchObject({
      project_id: projectId,
      resource_type: 'member',
      username: 'members-owner',
    });
  });

  it('makes a group a member, by id or by what names it', async () => {
    await insertTeam('grouped');
    const one = await insertGroup(server, 'members-group-one');
    await insertGroup(server, 'members-group-two');
    const admin = { username: 'admin', sourceAddress: undefined };
    const dn = 'cn=three,dc=org';
    await server.services.groups.create({ name: 'members-group-three', type: 1, ldapDn: dn }, admin);
    for (const group of [
      { id: one.id },
      { group_name: 'members-group-two', group_type: 3 },
      { ldap_group_dn: 'CN=Three, DC=org' },
    ]) {
      expect((await add('grouped', { role_id: 3, member_group: group })).status).toBe(201);
    }
    const entities = await list('grouped', '?entityname=GROUP-');
    expect(namesOf(entities)).toEqual(['members-group-one', 'members-group-three', 'members-group-two']);
    expect(entities[0]).toMatchObject({ entity_type: 'g', entity_id: one.id, role_name: 'guest' });
    const again = { group_name: 'members-group-three', group_type: 1 };
    expect((await add('grouped', { role_id: 3, member_group: again })).status).toBe(409);
  });

  it('makes a group known with its first membership, where groups are of the mode', async () => {
    const inOidc = createServer({ CONFIG_OVERWRITE_JSON: JSON.stringify({ auth_mode: 'oidc_auth' }) });
    await insertTeam('new-group-a');
    await insertTeam('new-group-b');
    const body = { role_id: 3, member_group: { group_name: 'members-new' } };
    const responses = await Promise.all(
      ['new-group-a', 'new-group-b', 'new-group-b'].map((project) => add(project, body, asAdmin, inOidc)),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 201, 409]);
    const row = await testEnv.DB.prepare(
      `select count(*) n, max(type) type from user_groups where name = 'members-new'`,
    ).first();
    expect(row).toEqual({ n: 1, type: 3 });
    expect((await add('new-group-a', body, asAdmin)).status).toBe(400);
    const http = { role_id: 3, member_group: { group_name: 'members-http', group_type: 2 } };
    expect((await add('new-group-a', http, asAdmin, inOidc)).status).toBe(400);
  });

  it('refuses who is a member already, and lets one of two at once win', async () => {
    await insertTeam('once');
    const body = { role_id: 2, member_user: { user_id: users[0] } };
    const responses = await Promise.all([add('once', body), add('once', body)]);
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await errorOf(await add('once', { ...body, role_id: 3 }))).toEqual({
      code: 'CONFLICT',
      message: 'The project member specified already exist',
    });
    expect(namesOf(await list('once', '?entityname=members-a'))).toEqual(['members-a']);
  });

  it.each<[number, unknown]>([
    [400, {}],
    [400, { role_id: 2 }],
    [400, { role_id: 2, member_user: {}, member_group: {} }],
    [400, { role_id: 0, member_user: { username: 'members-a' } }],
    [400, { role_id: 6, member_user: { username: 'members-a' } }],
    [400, { member_user: { username: 'members-a' } }],
    [400, { role_id: 2, member_user: { user_id: 999_999 } }],
    [400, { role_id: 2, member_group: { id: 999_999 } }],
    [400, { role_id: 2, member_group: { group_name: 'absent-group' } }],
    [400, { role_id: 2, member_group: { group_name: 'absent-group', group_type: 1 } }],
    [400, { role_id: 2, member_group: { ldap_group_dn: 'no dn' } }],
    [404, { role_id: 2, member_user: { username: 'absent-user' } }],
    [422, { role_id: 'x' }],
    [422, { role_id: 2, member_user: { username: 7 } }],
  ])('answers %i to %j', async (status, body) => {
    expect((await add('library', body, asAdmin)).status).toBe(status);
  });

  it('does not take a deleted account for a user', async () => {
    const id = await insertUser(server, 'members-gone', 'Passw0rd-x');
    await testEnv.DB.prepare('update users set deleted_at_ms = 1 where id = ?').bind(id).run();
    expect((await add('library', { role_id: 2, member_user: { user_id: id } }, asAdmin)).status).toBe(400);
    expect((await add('library', { role_id: 2, member_user: { username: 'members-gone' } }, asAdmin)).status).toBe(404);
  });
});

describe('GET /api/v2.0/projects/{project_name_or_id}/members', () => {
  it('pages members by name', async () => {
    await insertTeam('listed', { [Number(users[0])]: 2, [Number(users[1])]: 3, [Number(users[2])]: 4 });
    const response = await send('GET', 'listed/members?entityname=members-&page=2&page_size=2', asOwner);
    expect(namesOf((await response.json()) as Entity[])).toEqual(['members-c', 'members-owner']);
    expect(response.headers.get('x-total-count')).toBe('4');
    expect(response.headers.get('link')).toBe(
      '</api/v2.0/projects/listed/members?entityname=members-&page=1&page_size=2>; rel="prev"',
    );
    expect(await list('listed', `?entityname=${'x'.repeat(200)}`)).toEqual([]);
  });

  it('takes a number for a name when told so', async () => {
    await insertTeam('515151');
    const headers = { ...asOwner, 'x-is-resource-name': 'true' };
    expect((await send('GET', '515151/members', headers)).status).toBe(200);
    expect((await send('GET', '515151/members', asOwner)).status).toBe(403);
    expect((await send('GET', '515151/members', asAdmin)).status).toBe(404);
  });
});

describe('an operation on one member', () => {
  it.each(['GET', 'PUT', 'DELETE'])('%s knows no member of another project', async (method) => {
    await insertTeam(`one-${method.toLowerCase()}`);
    await insertTeam(`other-${method.toLowerCase()}`);
    const [member] = await list(`other-${method.toLowerCase()}`, '?entityname=members-owner');
    const body = method === 'PUT' ? { role_id: 2 } : undefined;
    expect((await send(method, `one-${method.toLowerCase()}/members/${member?.id}`, asOwner, body)).status).toBe(404);
    expect((await send(method, `other-${method.toLowerCase()}/members/word`, asOwner, body)).status).toBe(422);
  });
});

describe('PUT /api/v2.0/projects/{project_name_or_id}/members/{mid}', () => {
  it('changes the role, and refuses what is none', async () => {
    await insertTeam('promoted', { [guest]: 3 });
    const [member] = await list('promoted', '?entityname=members-guest');
    const before = await versionOf('promoted');
    expect((await send('PUT', `promoted/members/${member?.id}`, asOwner, { role_id: 4 })).status).toBe(200);
    expect(await list('promoted', '?entityname=members-guest')).toMatchObject([
      { role_id: 4, role_name: 'maintainer' },
    ]);
    expect(await versionOf('promoted')).toBe(Number(before) + 1);
    expect(await auditOf('members-guest', 'update')).toMatchObject({ resource_type: 'member' });
    for (const body of [{ role_id: 0 }, { role_id: 6 }, {}]) {
      expect((await send('PUT', `promoted/members/${member?.id}`, asOwner, body)).status).toBe(400);
    }
  });
});

describe('DELETE /api/v2.0/projects/{project_name_or_id}/members/{mid}', () => {
  it('ends a membership once', async () => {
    await insertTeam('ended', { [guest]: 3 });
    const [member] = await list('ended', '?entityname=members-guest');
    const before = await versionOf('ended');
    const remove = () => send('DELETE', `ended/members/${member?.id}`, asOwner);
    const responses = await Promise.all([remove(), remove()]);
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 404]);
    expect(await versionOf('ended')).toBe(Number(before) + 1);
    expect((await send('GET', 'ended', asGuest)).status).toBe(403);
    expect(await auditOf('members-guest', 'delete')).toMatchObject({ resource_type: 'member' });
  });

  it('lets an administrator of the project remove themselves', async () => {
    await insertTeam('abandoned');
    const [member] = await list('abandoned', '?entityname=members-owner');
    expect((await send('DELETE', `abandoned/members/${member?.id}`, asOwner)).status).toBe(200);
    expect((await send('GET', 'abandoned', asOwner)).status).toBe(403);
  });
});
