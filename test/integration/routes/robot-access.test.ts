import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { inProject, inSystem, type MadeRobot, makeRobot } from '#test/support/robots';
import { asAdmin, basic, bearer, createServer, fetchToken, insertProject, testEnv } from '#test/support/server';

const server = createServer();
const content = new TextEncoder().encode('a layer of the robots');
const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
type Headers = Readonly<Record<string, string>>;

const asRobot = ({ name, secret }: MadeRobot) => basic(name, secret);
const push = async (repository: string, headers: Headers, query = `digest=${digest}`) => {
  const init = { method: 'POST', headers: { ...headers, 'content-type': 'application/octet-stream' }, body: content };
  return (await server.request(`/v2/${repository}/blobs/uploads/?${query}`, init)).status;
};
const pull = async (repository: string, headers: Headers) =>
  (await server.request(`/v2/${repository}/blobs/${digest}`, { headers })).status;
const mount = (repository: string, from: string | undefined, headers: Headers) =>
  server.request(`/v2/${repository}/blobs/uploads/?mount=${digest}${from === undefined ? '' : `&from=${from}`}`, {
    method: 'POST',
    headers,
  });
const scope = (...repositories: readonly string[]) =>
  repositories.map((name) => `repository:${name}:pull,push`).join(' ');
const robotOf = (name: string, namespace: string, ...names: readonly string[]) =>
  makeRobot(server, { name, level: 'project', permissions: [inProject(namespace, ...names)] });
const grantedTo = async (robot: MadeRobot, ...repositories: readonly string[]) => {
  const claims = decodeJwt(await fetchToken(server, scope(...repositories), asRobot(robot)));
  return (claims['access'] as { actions: string[] }[]).map(({ actions }) => actions.join(','));
};

beforeAll(async () => {
  await insertProject(server, 'bots');
  await insertProject(server, 'bots-other');
  expect(await push('bots/outside/app', asAdmin)).toBe(201);
});

describe('a project robot', () => {
  it('that may push may pull, in its project alone', async () => {
    const robot = await robotOf('pusher', 'bots', 'repository:push');
    expect(await grantedTo(robot, 'bots/a', 'bots-other/a')).toEqual(['pull,push', '']);
    expect(await push('bots/a', asRobot(robot))).toBe(201);
    expect(await pull('bots/a', asRobot(robot))).toBe(200);
    expect(await push('bots-other/a', asRobot(robot))).toBe(401);
  });

  it('that is denied pulling may push only', async () => {
    const robot = await robotOf('push-only', 'bots', 'repository:push', 'repository:pull:deny');
    expect(await grantedTo(robot, 'bots/a')).toEqual(['push']);
    expect(await pull('bots/outside/app', asRobot(robot))).toBe(401);
  });

  it('that may pull may not push', async () => {
    const robot = await robotOf('puller', 'bots', 'repository:pull');
    expect(await grantedTo(robot, 'bots/a')).toEqual(['pull']);
    expect(await push('bots/a', asRobot(robot))).toBe(401);
    expect(await pull('bots/outside/app', asRobot(robot))).toBe(200);
  });
});

describe('a system robot', () => {
  it('may what it was given, where it was given; pushing implies nothing', async () => {
    const robot = await makeRobot(server, {
      name: 'two-projects',
      permissions: [inProject('bots', 'repository:push'), inProject('bots-other', 'repository:pull')],
    });
    expect(await grantedTo(robot, 'bots/a', 'bots-other/a')).toEqual(['push', 'pull']);
    expect(await pull('bots/outside/app', asRobot(robot))).toBe(401);
  });

  it('lists the catalog when it may', async () => {
    const may = await makeRobot(server, { name: 'catalog', permissions: [inSystem('catalog:read')] });
    const mayNot = await makeRobot(server, { name: 'no-catalog', permissions: [inProject('*', 'repository:pull')] });
    const ask = async (robot: MadeRobot) => (await server.request('/v2/_catalog', { headers: asRobot(robot) })).status;
    expect([await ask(may), await ask(mayNot)]).toEqual([200, 401]);
  });
});

describe('a robot that is limited to some repositories', () => {
  let robot: MadeRobot;

  beforeAll(async () => {
    robot = await robotOf('limited', 'bots/team/**', 'repository:push', 'repository:read', 'artifact:list', 'tag:list');
  });

  it('pushes and pulls inside, and is refused outside', async () => {
    expect(await push('bots/team/app', asRobot(robot))).toBe(201);
    expect(await pull('bots/team/app', asRobot(robot))).toBe(200);
    expect(await push('bots/outside/app', asRobot(robot))).toBe(401);
    expect(await pull('bots/outside/app', asRobot(robot))).toBe(401);
    expect(await push('bots/team', asRobot(robot))).toBe(401);
  });

  it('gets tokens for what is inside, each for the repository it names', async () => {
    expect(await grantedTo(robot, 'bots/team/app', 'bots/outside/app')).toEqual(['pull,push', '']);
    const token = bearer(await fetchToken(server, scope('bots/team/app'), asRobot(robot)));
    expect(await push('bots/team/app', token)).toBe(201);
    expect(await push('bots/team/other', token)).toBe(401);
    expect(await pull('bots/outside/app', token)).toBe(401);
  });

  it('mounts from one repository to another inside with a token for both', async () => {
    await push('bots/team/source', asRobot(robot));
    const both = bearer(await fetchToken(server, scope('bots/team/source', 'bots/team/target'), asRobot(robot)));
    expect((await mount('bots/team/target', 'bots/team/source', both)).status).toBe(201);
    const one = bearer(await fetchToken(server, scope('bots/team/target-2'), asRobot(robot)));
    expect((await mount('bots/team/target-2', 'bots/team/source', one)).status).toBe(202);
  });

  it('mounts nothing from outside, named or not', async () => {
    const token = bearer(await fetchToken(server, scope('bots/team/new', 'bots/outside/app'), asRobot(robot)));
    for (const headers of [token, asRobot(robot)]) {
      for (const from of ['bots/outside/app', undefined]) {
        expect((await mount('bots/team/new', from, headers)).status).toBe(202);
      }
    }
    expect(await pull('bots/team/new', asRobot(robot))).toBe(404);
  });

  it.each([
    ['repositories/team%252Fabsent', 404],
    ['repositories/outside%252Fapp', 403],
    ['repositories/team%252Fabsent/artifacts', 404],
    ['repositories/outside%252Fapp/artifacts', 403],
    ['repositories', 403],
  ])('asks the management API for %s', async (path, status) => {
    const response = await server.request(`/api/v2.0/projects/bots/${path}`, { headers: asRobot(robot) });
    expect(response.status).toBe(status);
  });
});

describe('projects and robots', () => {
  const names = async (robot: MadeRobot, query = '') => {
    const response = await server.request(`/api/v2.0/projects?page_size=100${query}`, { headers: asRobot(robot) });
    return ((await response.json()) as { name: string }[]).map(({ name }) => name);
  };
  const create = (name: string, headers: Headers) =>
    server.request('/api/v2.0/projects', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ project_name: name }),
    });
  const remove = (name: string) => server.request(`/api/v2.0/projects/${name}`, { method: 'DELETE', headers: asAdmin });

  it('a robot sees its own and the public ones', async () => {
    const robot = await robotOf('lister', 'bots', 'repository:pull');
    expect(await names(robot)).toEqual(['bots', 'library']);
    expect(await names(robot, '&public=false')).toEqual(['bots']);
  });

  it('a robot of every project, or one that may list them, sees all', async () => {
    const ofAll = await makeRobot(server, { name: 'of-all', permissions: [inProject('*', 'repository:pull')] });
    const lists = await makeRobot(server, { name: 'lists', permissions: [inSystem('project:list')] });
    expect(await names(ofAll)).toEqual(['bots', 'bots-other', 'library']);
    expect(await names(lists)).toEqual(['bots', 'bots-other', 'library']);
  });

  it('a robot that is only denied something sees nothing by that', async () => {
    const robot = await makeRobot(server, { name: 'denied', permissions: [inProject('*', 'repository:pull:deny')] });
    expect(await names(robot)).toEqual(['library']);
  });

  it('a system robot that may creates one, which the first administrator owns', async () => {
    const may = await makeRobot(server, { name: 'creator', permissions: [inSystem('project:create')] });
    expect((await create('bots-created', asRobot(may))).status).toBe(201);
    const project = await server.request('/api/v2.0/projects/bots-created', { headers: asAdmin });
    expect(await project.json()).toMatchObject({ owner_name: 'admin' });
    expect((await remove('bots-created')).status).toBe(200);
  });

  it('no other robot creates one', async () => {
    const robots = [
      await robotOf('project-creator', 'bots', 'project:update', 'member:create'),
      await makeRobot(server, { name: 'mere-lister', permissions: [inSystem('project:list')] }),
    ];
    for (const robot of robots) expect((await create('bots-refused', asRobot(robot))).status).toBe(403);
  });

  it('a robot asks whether a name is taken', async () => {
    const robot = await robotOf('asker', 'bots', 'repository:pull');
    const ask = async (name: string) =>
      (await server.request(`/api/v2.0/projects?project_name=${name}`, { method: 'HEAD', headers: asRobot(robot) }))
        .status;
    expect([await ask('bots'), await ask('bots-none')]).toEqual([200, 404]);
  });

  it('a deleted project takes its robots along, and what others could do in it', async () => {
    const id = await insertProject(server, 'bots-gone');
    const gone = await robotOf('gone', 'bots-gone', 'repository:push');
    const permissions = [inProject('bots-gone', 'repository:push'), inProject('bots', 'repository:pull')];
    const stays = await makeRobot(server, { name: 'stays', permissions });
    const token = await fetchToken(server, scope('bots-gone/app'), asRobot(gone));
    expect((await remove('bots-gone')).status).toBe(200);

    const seen = await server.request(`/api/v2.0/robots/${stays.id}`, { headers: asAdmin });
    expect(((await seen.json()) as { permissions: object[] }).permissions).toMatchObject([{ namespace: 'bots' }]);
    const rows = testEnv.DB.prepare(
      `select (select count(*) from robots where project_id = ?1 or id = ?2)
         + (select count(*) from robot_permissions where project_id = ?1 or robot_id = ?2) left_over`,
    ).bind(id, gone.id);
    expect(await rows.first('left_over')).toBe(0);

    await insertProject(server, 'bots-gone');
    server.clock.advance(10_001);
    expect((await server.request('/v2/', { headers: asRobot(gone) })).status).toBe(401);
    expect(await push('bots-gone/app', bearer(token))).toBe(401);
    expect(await push('bots-gone/app', asRobot(stays))).toBe(401);
  });

  it('a project deleted meanwhile gets no robot, and gives nothing to one', async () => {
    const id = await insertProject(server, 'bots-racing');
    expect((await remove('bots-racing')).status).toBe(200);
    const access = [{ resource: 'repository', action: 'pull', effect: 'allow' }] as const;
    const permissions = [{ kind: 'project', projectId: id, repositoryPattern: undefined, access }] as const;
    const creator = { type: 'local', id: 1 } as const;
    const wanted = { description: '', secret: undefined, durationDays: 1, isDisabled: false, creator, permissions };
    const actor = { username: 'admin', sourceAddress: undefined };
    const { robots } = server.services;
    const { robot } = await robots.create({ ...wanted, name: 'racing', projectId: undefined }, actor);
    expect(robot.permissions).toEqual([]);
    await expect(robots.create({ ...wanted, name: 'racing', projectId: id }, actor)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
