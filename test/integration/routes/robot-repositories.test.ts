import { beforeAll, describe, expect, it } from 'vitest';
import { inProject, type MadeRobot, makeRobot } from '#test/support/robots';
import { basic, createServer, insertProject, testEnv } from '#test/support/server';

const server = createServer();

describe('a robot that may list some repositories', () => {
  const listerOf = (name: string, ...entries: readonly (readonly [namespace: string, access: string])[]) =>
    makeRobot(server, { name, permissions: entries.map(([namespace, access]) => inProject(namespace, access)) });
  const ask = (robot: MadeRobot, query = '', project = 'bots-listed') =>
    server.request(`/api/v2.0/projects/${project}/repositories${query}`, { headers: basic(robot.name, robot.secret) });
  const list = async (robot: MadeRobot, query = '?sort=name') => {
    const response = await ask(robot, query);
    if (response.status !== 200) return response.status;
    const names = ((await response.json()) as { name: string }[]).map(({ name }) => name.replace('bots-listed/', ''));
    return [response.headers.get('x-total-count'), ...names];
  };

  beforeAll(async () => {
    const id = await insertProject(server, 'bots-listed');
    await insertProject(server, 'bots-unlisted');
    const names = ['a', 'team/a', 'team/b/c', 'team', 'team-x/a', 'team0', 'z'];
    const insert = testEnv.DB.prepare(
      `insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms) values (?, ?, ?, 0, 0)`,
    );
    await testEnv.DB.batch([...names.map((name) => insert.bind(id, name, 0)), insert.bind(id, 'team/unseen', null)]);
  });

  it('sees those and their number, and no others', async () => {
    const robot = await listerOf('lists-team', ['bots-listed/team/**', 'repository:list']);
    expect(await list(robot)).toEqual(['2', 'team/a', 'team/b/c']);
    expect(await list(robot, '?sort=name&page_size=1&page=2')).toEqual(['2', 'team/b/c']);
    expect((await ask(robot, '', 'bots-unlisted')).status).toBe(403);
  });

  it('sees what several patterns match, each once and in order', async () => {
    const robot = await listerOf(
      'lists-several',
      ['bots-listed/z', 'repository:list'],
      ['bots-listed/team/**', 'repository:list'],
      ['bots-listed/team/b/**', 'repository:list'],
      ['bots-listed/team', 'repository:list'],
      ['bots-listed/a', 'repository:pull'],
    );
    expect(await list(robot)).toEqual(['4', 'team', 'team/a', 'team/b/c', 'z']);
    expect(await list(robot, '?sort=name&page_size=2')).toEqual(['4', 'team', 'team/a']);
    expect(await list(robot, '?sort=name&page_size=2&page=2')).toEqual(['4', 'team/b/c', 'z']);
    expect(await list(robot, '?sort=name&page_size=2&page=3')).toEqual(['4']);
    expect(await list(robot, '?sort=-name&q=name%3D~team')).toEqual(['3', 'team/b/c', 'team/a', 'team']);
  });

  it.each([
    ['of-a-level', [['bots-listed/team/*', 'repository:list']]],
    [
      'denied-one',
      [
        ['bots-listed/team/**', 'repository:list'],
        ['bots-listed/team/a', 'repository:list:deny'],
      ],
    ],
    ['not-listing', [['bots-listed/team/**', 'repository:read']]],
  ] as const)('is refused when no ranges of names say which: %s', async (name, entries) => {
    expect(await list(await listerOf(name, ...entries))).toBe(403);
  });
});
