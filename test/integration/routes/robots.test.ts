import { beforeAll, describe, expect, it } from 'vitest';
import { accessOf, inProject, inSystem, type MadeRobot, makeRobot, postRobot } from '#test/support/robots';
import { asAdmin, basic, createServer, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const server = createServer();
const asOwner = basic('robots-owner', 'Passw0rd-owner');
const asGuest = basic('robots-guest', 'Passw0rd-guest');
const asStranger = basic('robots-stranger', 'Passw0rd-stranger');
const DAY_MS = 24 * 3_600_000;
let projectId = 0;
let ownerId = 0;

const api = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
  server.request(`/api/v2.0${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
const get = (id: number, headers: Record<string, string> = asAdmin) => api('GET', `/robots/${id}`, headers);
const asRobot = ({ name, secret }: MadeRobot) => basic(name, secret);
const ofProject = (name: string, ...names: readonly string[]) => ({
  name,
  level: 'project',
  permissions: [inProject('robots-a', ...(names.length > 0 ? names : ['repository:pull']))],
});

beforeAll(async () => {
  ownerId = await insertUser(server, 'robots-owner', 'Passw0rd-owner');
  const guestId = await insertUser(server, 'robots-guest', 'Passw0rd-guest');
  await insertUser(server, 'robots-stranger', 'Passw0rd-stranger');
  projectId = await insertProject(server, 'robots-a', { members: { [ownerId]: 1, [guestId]: 3 } });
  await insertProject(server, 'robots-b');
});

describe('POST /api/v2.0/robots', () => {
  it('makes a system robot and tells its secret', async () => {
    const permissions = [
      inSystem('catalog:read'),
      inProject('*', 'repository:pull'),
      inProject('robots-a', 'tag:list'),
    ];
    const response = await postRobot(server, { name: 'made', description: 'for tests', duration: 2, permissions });
    expect(response.status).toBe(201);
    const made = (await response.json()) as MadeRobot;
    expect(made).toEqual({
      id: expect.any(Number),
      name: 'robot$made',
      secret: expect.stringMatching(/^.{8,128}$/),
      creation_time: expect.any(String),
      expires_at: expect.any(Number),
    });
    expect(response.headers.get('location')).toBe(`/api/v2.0/robots/${made.id}`);
    const robot = await (await get(made.id)).json();
    expect(robot).toEqual({
      id: made.id,
      name: 'robot$made',
      description: 'for tests',
      level: 'system',
      duration: 2,
      editable: true,
      disable: false,
      expires_at: made.expires_at,
      permissions: [
        { kind: 'system', namespace: '/', access: [{ resource: 'catalog', action: 'read', effect: 'allow' }] },
        { kind: 'project', namespace: '*', access: [{ resource: 'repository', action: 'pull', effect: 'allow' }] },
        { kind: 'project', namespace: 'robots-a', access: [{ resource: 'tag', action: 'list', effect: 'allow' }] },
      ],
      creator_type: 'local',
      creator_ref: 1,
      creation_time: expect.any(String),
      update_time: expect.any(String),
    });
  });

  it('lets an administrator of a project make one there', async () => {
    const made = await makeRobot(server, ofProject('by-owner'), asOwner);
    expect(made.name).toBe('robot$robots-a+by-owner');
    expect(await (await get(made.id, asOwner)).json()).toMatchObject({
      level: 'project',
      creator_type: 'local',
      creator_ref: ownerId,
    });
    const row = await testEnv.DB.prepare(`select * from audit_log where resource = 'robot$robots-a+by-owner'`).first();
    expect(row).toMatchObject({ operation: 'create', resource_type: 'robot', project_id: projectId });
  });

  it('takes a secret that the client chose, and the usual duration where none is asked for', async () => {
    const wanted = { ...ofProject('chosen'), duration: undefined, secret: 'Chosen-secret-1' };
    const made = await makeRobot(server, wanted);
    expect(made.secret).toBe('Chosen-secret-1');
    const robot = await (await get(made.id)).json();
    expect(robot).toMatchObject({ duration: 30 });
    // Empty, and left out.
    expect(robot).not.toHaveProperty('description');
  });

  it('makes one that never ends', async () => {
    expect((await makeRobot(server, { ...ofProject('endless'), duration: -1 })).expires_at).toBe(-1);
  });

  it('limits one to some repositories of a project', async () => {
    const permissions = [inProject('robots-a/team/**', 'repository:pull')];
    const made = await makeRobot(server, { ...ofProject('limited'), permissions });
    expect(await (await get(made.id)).json()).toMatchObject({ permissions: [{ namespace: 'robots-a/team/**' }] });
  });

  it.each([
    ['an anonymous caller', {}, 401],
    ['a member who administers nothing', asGuest, 403],
    ['a stranger', asStranger, 403],
  ])('refuses %s', async (_, headers, status) => {
    expect((await postRobot(server, ofProject('refused'), headers)).status).toBe(status);
  });

  it('keeps the system’s robots to administrators of the system', async () => {
    const wanted = { name: 'refused', permissions: [inProject('robots-a', 'repository:pull')] };
    expect((await postRobot(server, wanted, asOwner)).status).toBe(403);
  });

  it('answers for a project that does not exist as for one of others', async () => {
    const inOther = { ...ofProject('probe'), permissions: [inProject('robots-b', 'repository:pull')] };
    const inNone = { ...ofProject('probe'), permissions: [inProject('robots-none', 'repository:pull')] };
    const [other, none] = [await postRobot(server, inOther, asOwner), await postRobot(server, inNone, asOwner)];
    expect([other.status, none.status]).toEqual([403, 403]);
    expect(await none.text()).toBe(await other.text());
    expect((await postRobot(server, inNone)).status).toBe(404);
    expect((await postRobot(server, { ...inNone, level: 'system' })).status).toBe(404);
    expect(
      (await postRobot(server, { ...ofProject('all'), permissions: [inProject('*', 'repository:pull')] })).status,
    ).toBe(404);
  });

  it.each([
    [{ name: 'Upper' }, 400],
    [{ name: 'a+b' }, 400],
    [{ level: 'world' }, 400],
    [{ level: undefined }, 400],
    [{ duration: 0 }, 400],
    [{ duration: 1.5 }, 422],
    [{ permissions: [] }, 400],
    [{ permissions: undefined }, 400],
    [{ permissions: [inProject('robots-a', 'robot:update')] }, 400],
    [{ permissions: [inProject('robots-a/**/**/**/**', 'repository:pull')] }, 400],
    [{ secret: 'weak' }, 400],
    [{ permissions: 'all' }, 422],
  ])('refuses %j', async (change, status) => {
    expect((await postRobot(server, { ...ofProject('wrong'), ...change })).status).toBe(status);
  });

  it('refuses a name that is taken in the project, and takes it in another', async () => {
    await makeRobot(server, ofProject('twice'));
    const again = await postRobot(server, ofProject('twice'));
    expect([again.status, (await errorOf(again)).code]).toEqual([409, 'CONFLICT']);
    await makeRobot(server, { ...ofProject('twice'), permissions: [inProject('robots-b', 'repository:pull')] });
  });
});

describe('a robot that makes robots', () => {
  it('makes one with what it has itself, as its creator', async () => {
    const rights = ['robot:create', 'robot:read', 'repository:pull'];
    const parent = await makeRobot(server, ofProject('parent', ...rights));
    const child = await makeRobot(server, ofProject('child', 'repository:pull'), asRobot(parent));
    const seen = await (await get(child.id, asRobot(parent))).json();
    expect(seen).toMatchObject({ creator_type: 'robot', creator_ref: parent.id });
  });

  it.each([
    ['more than it has', 'repository:push'],
    ['more than people may', 'member:create'],
  ])('does not give %s', async (_, extra) => {
    const name = extra.replace(':', '-');
    const parent = await makeRobot(server, ofProject(`parent-${name}`, 'robot:create', 'repository:pull'));
    const response = await postRobot(server, ofProject(`child-${name}`, extra), asRobot(parent));
    expect([response.status, (await errorOf(response)).code]).toEqual([403, 'DENIED']);
  });

  it('stays in its project, and learns of no other', async () => {
    const parent = await makeRobot(server, ofProject('parent-stays', 'robot:create', 'repository:pull'));
    const texts = ['robots-b', 'robots-none'].map(async (name) => {
      const wanted = { ...ofProject('elsewhere'), permissions: [inProject(name, 'repository:pull')] };
      const response = await postRobot(server, wanted, asRobot(parent));
      return `${response.status} ${await response.text()}`;
    });
    const [other, none] = await Promise.all(texts);
    expect(other).toMatch(/^403/);
    expect(none).toBe(other);
  });

  it('of the system makes one with less, and learns of no project that it cannot reach', async () => {
    const permissions = [inSystem('robot:create'), inProject('robots-a', 'repository:pull')];
    const parent = await makeRobot(server, { name: 'system-parent', permissions });
    await makeRobot(server, { name: 'system-child', permissions: [permissions[1]] }, asRobot(parent));
    for (const namespace of ['*', 'robots-b', 'robots-none']) {
      const wanted = { name: 'wider', permissions: [inProject(namespace, 'repository:pull')] };
      const response = await postRobot(server, wanted, asRobot(parent));
      expect([response.status, (await errorOf(response)).code]).toEqual([403, 'DENIED']);
    }
    expect((await postRobot(server, ofProject('by-system-parent'), asRobot(parent))).status).toBe(403);
  });

  it('of every project is told of a name that is no project’s', async () => {
    const permissions = [inSystem('robot:create'), inProject('*', 'repository:pull')];
    const parent = await makeRobot(server, { name: 'parent-of-all', permissions });
    const wanted = { name: 'of-none', permissions: [inProject('robots-none', 'repository:pull')] };
    expect((await postRobot(server, wanted, asRobot(parent))).status).toBe(404);
  });

  it('that is limited to repositories makes none', async () => {
    const permissions = [inProject('robots-a/team/**', 'robot:create', 'repository:pull')];
    const parent = await makeRobot(server, { ...ofProject('limited-parent'), permissions });
    expect((await postRobot(server, { ...ofProject('of-limited'), permissions }, asRobot(parent))).status).toBe(403);
  });
});

describe('GET /api/v2.0/robots', () => {
  const list = async (query: string, headers: Record<string, string> = asAdmin) => {
    const response = await api('GET', `/robots?${query}`, headers);
    const robots = response.status === 200 ? ((await response.json()) as { name: string }[]) : [];
    return { response, names: robots.map(({ name }) => name) };
  };
  const ofThis = (more = '') => `q=${encodeURIComponent(`Level=project,ProjectID=${projectId}${more}`)}`;

  beforeAll(async () => {
    await makeRobot(server, { name: 'listed-1', permissions: [inSystem('catalog:read')] });
    await makeRobot(server, { name: 'listed-2', permissions: [inSystem('catalog:read')] });
    await makeRobot(server, ofProject('listed-3'));
  });

  it('shows the system’s by default, by name, a page at a time', async () => {
    const { response, names } = await list(`q=${encodeURIComponent('name=~listed')}&page_size=1`);
    expect(names).toEqual(['robot$listed-1']);
    expect(response.headers.get('x-total-count')).toBe('2');
    expect(response.headers.get('link')).toContain('rel="next"');
    expect((await list('q=Level%3Dsystem%2Cname%3Dlisted-2')).names).toEqual(['robot$listed-2']);
    expect((await list('q=name%3D~listed&sort=-name')).names).toEqual(['robot$listed-2', 'robot$listed-1']);
  });

  it('shows those of a project to its members', async () => {
    const { names } = await list(ofThis(',name=~listed'), asGuest);
    expect(names).toEqual(['robot$robots-a+listed-3']);
    expect((await list(ofThis(',name=robots-a+listed-3'))).names).toEqual(names);
    expect((await list(ofThis(',name=other+listed-3'))).names).toEqual([]);
  });

  it.each([
    ['Level=world'],
    ['Level=~system'],
    ['Level=project'],
    ['Level=project,ProjectID=0'],
    ['Level=project,ProjectID=robots-a'],
  ])('refuses %s', async (q) => {
    expect((await list(`q=${encodeURIComponent(q)}`)).response.status).toBe(400);
  });

  it('is for who may', async () => {
    expect((await list('', {})).response.status).toBe(401);
    expect((await list('', asOwner)).response.status).toBe(403);
    const [other, none] = [
      await api('GET', `/robots?${ofThis()}`, asStranger),
      await api('GET', '/robots?q=Level%3Dproject%2CProjectID%3D999999', asStranger),
    ];
    expect([other.status, none.status]).toEqual([403, 403]);
    expect(await none.text()).toBe(await other.text());
    expect((await list('q=Level%3Dproject%2CProjectID%3D999999')).response.status).toBe(404);
  });
});

describe('a robot that is none of the caller’s business', () => {
  it.each([
    ['GET', undefined],
    ['PUT', {}],
    ['PATCH', { secret: '' }],
    ['DELETE', undefined],
  ])('is for %s as one that does not exist', async (method, body) => {
    const made = await makeRobot(server, ofProject(`hidden-${method.toLowerCase()}`));
    const answers = [made.id, 999_999].map(async (id) => {
      const response = await api(method, `/robots/${id}`, asStranger, body);
      return `${response.status} ${await response.text()}`;
    });
    const [hidden, missing] = await Promise.all(answers);
    expect(hidden).toMatch(/^403/);
    expect(missing).toBe(hidden);
    expect((await api(method, `/robots/${made.id}`, {}, body)).status).toBe(401);
    expect((await api(method, '/robots/999999', {}, body)).status).toBe(401);
    expect((await api(method, '/robots/999999', asAdmin, body)).status).toBe(404);
    expect((await api(method, '/robots/x', asAdmin, body)).status).toBe(422);
  });
});

describe('PUT /api/v2.0/robots/{robot_id}', () => {
  const edit = async (id: number, change: object, headers: Record<string, string> = asOwner) => {
    const robot = (await (await get(id)).json()) as object;
    return api('PUT', `/robots/${id}`, headers, { ...robot, ...change });
  };

  it('changes what may change; the duration counts from the creation', async () => {
    const made = await makeRobot(server, ofProject('edited'), asOwner);
    const created = ((await (await get(made.id)).json()) as { creation_time: string }).creation_time;
    const permissions = [inProject('robots-a/team/**', 'repository:push')];
    const response = await edit(made.id, { description: 'new', disable: true, duration: 3, permissions });
    expect(response.status).toBe(200);
    expect(await (await get(made.id)).json()).toMatchObject({
      description: 'new',
      disable: true,
      duration: 3,
      expires_at: Math.floor((Date.parse(created) + 3 * DAY_MS) / 1_000),
      permissions: [{ kind: 'project', namespace: 'robots-a/team/**', access: accessOf('repository:push:allow') }],
    });
  });

  it.each([
    ['name', { name: 'robot$robots-a+other' }, 'cannot update the level or name of robot'],
    ['name without its prefix', { name: 'stays-same' }, 'cannot update the level or name of robot'],
    ['level', { level: 'system' }, 'cannot update the level or name of robot'],
    ['project', { permissions: [inProject('robots-b', 'repository:pull')] }, 'cannot update the project id of robot'],
    ['reach', { permissions: [inProject('*', 'repository:pull')] }, 'cannot update the project id of robot'],
  ])('does not change the %s', async (what, change, message) => {
    const made = await makeRobot(server, ofProject(`stays-${what.replaceAll(' ', '-')}`));
    const response = await edit(made.id, change);
    expect([response.status, (await errorOf(response)).message]).toEqual([400, message]);
  });

  it('keeps the duration that is not named, and refuses one that is none', async () => {
    const made = await makeRobot(server, { ...ofProject('lasting'), duration: 7 });
    expect((await edit(made.id, { duration: null })).status).toBe(200);
    expect(await (await get(made.id)).json()).toMatchObject({ duration: 7, expires_at: made.expires_at });
    expect((await edit(made.id, { duration: 0 })).status).toBe(400);
  });

  it('is nothing robots may do', async () => {
    const made = await makeRobot(server, ofProject('self', 'robot:create', 'robot:read'));
    expect((await edit(made.id, { description: 'mine' }, asRobot(made))).status).toBe(403);
    expect((await edit(made.id, { description: 'mine' }, asGuest)).status).toBe(403);
  });
});

describe('PATCH /api/v2.0/robots/{robot_id}', () => {
  it('makes a secret, or sets one and says nothing', async () => {
    const made = await makeRobot(server, ofProject('refreshed'));
    const fresh = (await (await api('PATCH', `/robots/${made.id}`, asOwner, { secret: '' })).json()) as MadeRobot;
    expect(fresh.secret).not.toBe(made.secret);
    const set = await api('PATCH', `/robots/${made.id}`, asOwner, { secret: 'Chosen-secret-2' });
    expect([set.status, await set.json()]).toEqual([200, {}]);
    expect((await api('GET', '/projects', basic(made.name, 'Chosen-secret-2'))).status).toBe(200);
    expect((await api('GET', '/projects', basic(made.name, fresh.secret))).status).toBe(401);
  });

  it('refuses a weak one, and who may not', async () => {
    const made = await makeRobot(server, ofProject('weak', 'robot:create', 'robot:delete'));
    expect((await api('PATCH', `/robots/${made.id}`, asOwner, { secret: 'weak' })).status).toBe(400);
    expect((await api('PATCH', `/robots/${made.id}`, asGuest, { secret: '' })).status).toBe(403);
    expect((await api('PATCH', `/robots/${made.id}`, asRobot(made), { secret: '' })).status).toBe(403);
  });
});

describe('DELETE /api/v2.0/robots/{robot_id}', () => {
  it('deletes it and its permissions', async () => {
    const made = await makeRobot(server, ofProject('deleted'));
    expect((await api('DELETE', `/robots/${made.id}`, asGuest)).status).toBe(403);
    expect((await api('DELETE', `/robots/${made.id}`, asOwner)).status).toBe(200);
    expect((await get(made.id)).status).toBe(404);
    expect((await api('GET', '/projects', asRobot(made))).status).toBe(401);
    const left = testEnv.DB.prepare('select 1 from robot_permissions where robot_id = ?').bind(made.id);
    expect(await left.first()).toBeNull();
  });
});

describe('GET /api/v2.0/permissions', () => {
  const ask = (headers: Record<string, string>) => api('GET', '/permissions', headers);

  it('tells administrators of the system everything, those of a project what is a project’s', async () => {
    const all = (await (await ask(asAdmin)).json()) as Record<string, unknown[]>;
    expect(all['system']).toContainEqual({ resource: 'catalog', action: 'read' });
    expect(all['project']).toContainEqual({ resource: 'repository', action: 'push' });
    expect(await (await ask(asOwner)).json()).toEqual({ project: all['project'] });
  });

  it('tells administrators by way of a group', async () => {
    const userId = await insertUser(server, 'robots-by-group', 'Passw0rd-group');
    await testEnv.DB.batch([
      testEnv.DB.prepare(
        `insert into user_groups (id, name, type, key, created_at_ms, updated_at_ms) values (77, 'g', 3, 'g', 0, 0)`,
      ),
      testEnv.DB.prepare('insert into user_group_members (user_id, group_id) values (?, 77)').bind(userId),
      testEnv.DB.prepare(
        'insert into project_members (project_id, group_id, role, created_at_ms) values (?, 77, 1, 0)',
      ).bind(projectId),
    ]);
    expect((await ask(basic('robots-by-group', 'Passw0rd-group'))).status).toBe(200);
  });

  it('tells nobody else', async () => {
    expect((await ask({})).status).toBe(401);
    expect((await ask(asGuest)).status).toBe(403);
    const made = await makeRobot(server, { name: 'curious', permissions: [inSystem('robot:create')] });
    expect((await ask(asRobot(made))).status).toBe(403);
  });
});
