import { beforeAll, describe, expect, it } from 'vitest';
import type { UserGroup } from '#domain/groups/user-group';
import { insertGroup, tellGroups } from '#test/support/groups';
import {
  asAdmin,
  basic,
  bearer,
  createServer,
  fetchToken,
  insertProject,
  insertUser,
  testEnv,
} from '#test/support/server';

const server = createServer();
const asUser = basic('grouped-user', 'Passw0rd-grouped');
const actor = { username: 'admin', sourceAddress: undefined };
let userId: number;

beforeAll(async () => {
  userId = await insertUser(server, 'grouped-user', 'Passw0rd-grouped');
});

const pull = async (project: string, headers: Record<string, string>) =>
  (await server.request(`/v2/${project}/app/tags/list`, { headers })).status;
const pullToken = async (project: string) => bearer(await fetchToken(server, `repository:${project}/app:pull`, asUser));

/** A private project in which a group, with the user in it, has the role. */
async function insertGroupTeam(name: string, role = 3): Promise<{ group: UserGroup; memberId: number }> {
  await insertProject(server, name);
  const group = await insertGroup(server, name);
  const project = await server.services.projects.find(name);
  if (!project) throw new Error(`there is no project ${name}`);
  const reference = {
    user: { id: 0, username: '' },
    group: { id: group.id, name: '', type: 0, ldapDn: '' },
  };
  const member = await server.services.members.create(project, reference, role, actor);
  return { group, memberId: member.id };
}

/** The next login of the user, with these groups. */
async function logInWithGroups(...names: readonly string[]): Promise<void> {
  await tellGroups(server, 'grouped-user', names);
  await server.services.users.find('grouped-user');
}

describe('somebody in a group', () => {
  it('has its role in the project, beside their own', async () => {
    await insertGroupTeam('roles-team', 3);
    await logInWithGroups('roles-team');
    const show = async () => (await server.request('/api/v2.0/projects/roles-team', { headers: asUser })).json();
    expect(await show()).toMatchObject({ current_user_role_id: 3, current_user_role_ids: [3] });
    expect(await pull('roles-team', asUser)).toBe(404);
    const upload = { method: 'POST', headers: asUser };
    expect((await server.request('/v2/roles-team/app/blobs/uploads/', upload)).status).toBe(401);
    const project = await server.services.projects.find('roles-team');
    const own = { user: { id: userId, username: '' }, group: { id: 0, name: '', type: 0, ldapDn: '' } };
    if (project) await server.services.members.create(project, own, 2, actor);
    expect(await show()).toMatchObject({ current_user_role_id: 2, current_user_role_ids: [2, 3] });
    expect((await server.request('/v2/roles-team/app/blobs/uploads/', upload)).status).toBe(202);
  });

  it('sees the project in listings, and others do not', async () => {
    await insertGroupTeam('seen-team', 5);
    await insertProject(server, 'seen-not');
    await insertProject(server, 'seen-public', { isPublic: true });
    await insertProject(server, 'seen-own', { members: { [userId]: 1 } });
    await logInWithGroups('seen-team', 'a group nobody knows here');
    const seenBy = async (headers: Record<string, string>) => {
      const response = await server.request('/api/v2.0/projects?name=seen-', { headers });
      const projects = (await response.json()) as { name: string; current_user_role_ids: number[] | null }[];
      expect(response.headers.get('x-total-count')).toBe(String(projects.length));
      return projects.map(({ name, current_user_role_ids: roles }) => [name, roles]);
    };
    expect(await seenBy(asUser)).toEqual([
      ['seen-own', [1]],
      ['seen-public', null],
      ['seen-team', [5]],
    ]);
    expect(await seenBy({})).toEqual([['seen-public', null]]);
    expect((await seenBy(asAdmin)).map(([name]) => name)).toEqual(['seen-not', 'seen-own', 'seen-public', 'seen-team']);
  });
});

describe('within 10 s', () => {
  it.each<[string, (team: string, made: { group: UserGroup; memberId: number }) => Promise<unknown>]>([
    ['the group is deleted', (_, { group }) => server.services.groups.delete(group.id, actor)],
    ['the group is another', (team, { group }) => server.services.groups.rename(group.id, `${team}-other`, actor)],
    [
      'the group is no member any more',
      async (team, { memberId }) => {
        const project = await server.services.projects.find(team);
        // Another isolate does it: this one has to find out.
        if (project) await createServer().services.members.delete(project, memberId, actor);
      },
    ],
    ['the directory tells that they are out', () => tellGroups(server, 'grouped-user', [])],
  ])('tokens and passwords lose the rights of a group when %s', async (what, act) => {
    const team = `lost-${what.replaceAll(' ', '-')}`;
    const made = await insertGroupTeam(team);
    await logInWithGroups(team);
    const token = await pullToken(team);
    expect([await pull(team, token), await pull(team, asUser)]).toEqual([404, 404]);
    await act(team, made);
    server.clock.advance(10_000);
    expect([await pull(team, token), await pull(team, asUser)]).toEqual([401, 401]);
  });

  it('tokens and passwords lose the rights of a membership that ends or shrinks', async () => {
    await insertProject(server, 'shrinking', { members: { [userId]: 2 } });
    const project = await server.services.projects.find('shrinking');
    if (!project) throw new Error('there is no project');
    const elsewhere = createServer().services.members;
    const { items } = await elsewhere.list(project, 'grouped-user', { limit: 1, offset: 0 });
    const memberId = items[0]?.id ?? 0;
    const token = bearer(await fetchToken(server, 'repository:shrinking/app:pull,push', asUser));
    const push = async (headers: Record<string, string>) =>
      (await server.request('/v2/shrinking/app/blobs/uploads/', { method: 'POST', headers })).status;
    expect([await push(token), await push(asUser)]).toEqual([202, 202]);
    await elsewhere.changeRole(project, memberId, 3, actor);
    server.clock.advance(10_000);
    expect([await push(token), await push(asUser), await pull('shrinking', asUser)]).toEqual([401, 401, 404]);
    await elsewhere.delete(project, memberId, actor);
    server.clock.advance(10_000);
    expect(await pull('shrinking', asUser)).toBe(401);
  });

  it('who is no member of a project that turns private loses it', async () => {
    await insertProject(server, 'turning', { isPublic: true });
    const token = await pullToken('turning');
    expect([await pull('turning', token), await pull('turning', asUser)]).toEqual([404, 404]);
    await testEnv.DB.prepare(
      `update projects set is_public = 0, security_version = security_version + 1 where name = 'turning'`,
    ).run();
    server.clock.advance(10_000);
    expect([await pull('turning', token), await pull('turning', asUser)]).toEqual([401, 401]);
  });
});

describe('a token made right after a login that told of fewer groups', () => {
  it('carries none of the roles that were remembered before', async () => {
    await insertGroupTeam('stale-roles');
    await logInWithGroups('stale-roles');
    expect(await pull('stale-roles', asUser)).toBe(404);
    await logInWithGroups();
    expect(await pull('stale-roles', await pullToken('stale-roles'))).toBe(401);
  });
});
