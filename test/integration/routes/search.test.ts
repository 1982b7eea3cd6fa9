import { beforeAll, describe, expect, it } from 'vitest';
import { inProject, inSystem, type MadeRobot, makeRobot } from '#test/support/robots';
import { asAdmin, basic, createServer, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const server = createServer();
const PASSWORD = 'Passw0rd-search';
type Headers = Readonly<Record<string, string>>;
const asMember = basic('search-member', PASSWORD);
const asStranger = basic('search-stranger', PASSWORD);
const robotHeaders = ({ name, secret }: MadeRobot) => basic(name, secret);

interface Found {
  readonly project: readonly { readonly name: string }[];
  readonly repository: readonly { readonly repository_name: string }[];
}

const ask = (path: string, headers: Headers = {}) => server.request(`/api/v2.0${path}`, { headers });

async function search(q: string, headers?: Headers) {
  const response = await ask(`/search?q=${encodeURIComponent(q)}`, headers);
  expect(response.status).toBe(200);
  const { project, repository } = (await response.json()) as Found;
  return { projects: project.map(({ name }) => name), repositories: repository.map((found) => found.repository_name) };
}

const repositoriesOf = async (q: string, headers?: Headers) => (await search(q, headers)).repositories;

/** Names of `GET /repositories` with what these tests have made. */
async function list(query: string, headers?: Headers) {
  const response = await ask(`/repositories?${query}`, headers);
  expect(response.status).toBe(200);
  const names = ((await response.json()) as { name: string }[]).map(({ name }) => name);
  return names.filter((name) => name.startsWith('sought-'));
}

const PUBLIC = 'sought-public';
const PRIVATE = 'sought-private';
const HIDDEN = 'sought-hidden';
const ids: Record<string, number> = {};

beforeAll(async () => {
  const member = await insertUser(server, 'search-member', PASSWORD);
  await insertUser(server, 'search-stranger', PASSWORD);
  ids[PUBLIC] = await insertProject(server, PUBLIC, { isPublic: true });
  ids[PRIVATE] = await insertProject(server, PRIVATE, { members: { [member]: 5 } });
  ids[HIDDEN] = await insertProject(server, HIDDEN);
  const insert = testEnv.DB.prepare(
    `insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms, pull_count)
       values (?, ?, ?, ?, 0, ?)`,
  );
  await testEnv.DB.batch([
    insert.bind(ids[PUBLIC], 'zebra/app', 1, 100, 7),
    insert.bind(ids[PUBLIC], 'unpublished-zebra', null, 100, 0),
    insert.bind(ids[PRIVATE], 'zebra/app', 1, 300, 0),
    insert.bind(ids[PRIVATE], 'team/zebra/x', 1, 200, 0),
    insert.bind(ids[PRIVATE], 'team/q', 1, 201, 0),
    insert.bind(ids[HIDDEN], 'zebra', 1, 400, 0),
  ]);
});

const OF_MEMBER = [`${PRIVATE}/team/q`, `${PRIVATE}/team/zebra/x`, `${PRIVATE}/zebra/app`, `${PUBLIC}/zebra/app`];
const ALL = [`${HIDDEN}/zebra`, ...OF_MEMBER];

describe('GET /api/v2.0/search', () => {
  it('finds what is public for anybody, and what is theirs for members', async () => {
    const anonymous = { projects: [PUBLIC], repositories: [`${PUBLIC}/zebra/app`] };
    expect(await search('sought-')).toEqual(anonymous);
    expect(await search('sought-', asStranger)).toEqual(anonymous);
    expect(await search('sought-', asMember)).toEqual({ projects: [PRIVATE, PUBLIC], repositories: OF_MEMBER });
    expect(await search('sought-', asAdmin)).toEqual({ projects: [HIDDEN, PRIVATE, PUBLIC], repositories: ALL });
  });

  it('tells of each what Harbor tells', async () => {
    const { repository, project } = (await (await ask(`/search?q=${PUBLIC}`)).json()) as Found;
    expect(repository).toEqual([
      {
        project_id: ids[PUBLIC],
        project_name: PUBLIC,
        project_public: true,
        repository_name: `${PUBLIC}/zebra/app`,
        pull_count: 7,
      },
    ]);
    expect(project[0]).toMatchObject({ name: PUBLIC, repo_count: 1, metadata: { public: 'true' } });
  });

  it.each([
    ['zebra/', [`${PRIVATE}/team/zebra/x`, `${PRIVATE}/zebra/app`, `${PUBLIC}/zebra/app`]],
    ['ZEBRA/X', [`${PRIVATE}/team/zebra/x`]],
    ['vate/zeb', [`${PRIVATE}/zebra/app`]],
    ['e/zebra', [`${PRIVATE}/zebra/app`]],
    ['/zebra/app', [`${PRIVATE}/zebra/app`, `${PUBLIC}/zebra/app`]],
    [`${PRIVATE}/t`, [`${PRIVATE}/team/q`, `${PRIVATE}/team/zebra/x`]],
    [`${PRIVATE}/`, [`${PRIVATE}/team/q`, `${PRIVATE}/team/zebra/x`, `${PRIVATE}/zebra/app`]],
    ['m/zebra/x', [`${PRIVATE}/team/zebra/x`]],
    ['private/zebra/x', []],
  ])('finds %s within and across the slash behind the project', async (q, names) => {
    expect(await repositoriesOf(q, asMember)).toEqual(names);
  });

  it('finds what begins with a short text', async () => {
    expect(await repositoriesOf('ze', asMember)).toEqual([`${PRIVATE}/zebra/app`, `${PUBLIC}/zebra/app`]);
    expect(await repositoriesOf('so', asMember)).toEqual(OF_MEMBER);
    expect(await repositoriesOf('eb', asMember)).toEqual([]);
  });

  it.each([
    '"',
    '""',
    "'",
    "' or 1=1 --",
    '*',
    'zeb*',
    'NEAR(zebra app)',
    'zebra OR app',
    'name:zebra',
    '%',
    '_',
    '%%%',
    'z_bra',
    '🦓🦓🦓',
    '^zebra',
    '{',
    '\\',
    '\u0000\u0000\u0000',
    'x'.repeat(300),
  ])('takes %j for text, which no name holds', async (q) => {
    expect(await search(q, asAdmin)).toEqual({ projects: [], repositories: [] });
  });

  it.each(['', '?q='])('refuses a search for nothing: %s', async (query) => {
    const response = await ask(`/search${query}`);
    expect([response.status, (await errorOf(response)).code]).toEqual([422, 'UNPROCESSABLE_ENTITY']);
  });

  it('refuses wrong credentials', async () => {
    expect((await ask('/search?q=zebra', basic('search-member', 'wrong-Passw0rd'))).status).toBe(401);
  });
});

describe('GET /api/v2.0/repositories', () => {
  it('lists what the caller may see, the newest first', async () => {
    expect(await list('page_size=100')).toEqual([`${PUBLIC}/zebra/app`]);
    expect(await list('page_size=100', asMember)).toEqual([
      `${PRIVATE}/zebra/app`,
      `${PRIVATE}/team/q`,
      `${PRIVATE}/team/zebra/x`,
      `${PUBLIC}/zebra/app`,
    ]);
    expect((await list('page_size=100', asAdmin))[0]).toBe(`${HIDDEN}/zebra`);
  });

  it('tells how many there are', async () => {
    const total = async (headers?: Headers) =>
      Number((await ask('/repositories?page_size=1', headers)).headers.get('x-total-count'));
    const all = await testEnv.DB.prepare(
      'select count(*) from repositories where published_at_ms is not null',
    ).first<number>('count(*)');
    expect(await total(asAdmin)).toBe(all);
    expect(await total(asMember)).toBe((await total()) + 3);
  });

  it.each([
    ['sort=name', OF_MEMBER],
    ['sort=-name', OF_MEMBER.toReversed()],
    ['q=name%3D~zebra&sort=name', OF_MEMBER.slice(1)],
    [`q=name%3D${PRIVATE}%2Fteam%2Fq`, [`${PRIVATE}/team/q`]],
    [`q=name%3D%7B${PRIVATE}%2Fteam%2Fq+${HIDDEN}%2Fzebra%7D`, [`${PRIVATE}/team/q`]],
    ['q=name%3Dzebra', []],
    ['q=name%3D~%22', []],
  ])('filters and sorts by %s', async (query, names) => {
    expect(await list(`page_size=100&${query}`, asMember)).toEqual(names);
  });

  it('pages', async () => {
    const response = await ask('/repositories?q=name%3D~zebra&sort=name&page_size=1&page=2', asMember);
    expect(((await response.json()) as { name: string }[]).map(({ name }) => name)).toEqual([OF_MEMBER[2]]);
    expect(response.headers.get('x-total-count')).toBe('3');
    expect(response.headers.get('link')).toContain('rel="next"');
  });

  it.each(['q=pull_count%3D1', 'q=x', 'q=name%3D%5Ba~b%5D'])('refuses the filter %s', async (query) => {
    expect((await ask(`/repositories?${query}`, asAdmin)).status).toBe(400);
  });

  it('refuses a page that is too large, and wrong credentials', async () => {
    expect((await ask('/repositories?page_size=101')).status).toBe(422);
    expect((await ask('/repositories', basic('search-member', 'wrong-Passw0rd'))).status).toBe(401);
  });
});

describe('machines', () => {
  const seen = async (robot: MadeRobot) => {
    const headers = robotHeaders(robot);
    const names = await list('page_size=100&sort=name', headers);
    expect(await repositoriesOf('sought-', headers)).toEqual(names);
    return names;
  };
  const robot = (name: string, ...permissions: readonly object[]) => makeRobot(server, { name, permissions });

  it('see the repositories they may list, and what is public', async () => {
    const made = await robot('search-one', inProject(PRIVATE, 'repository:list', 'repository:pull'));
    expect(await seen(made)).toEqual(OF_MEMBER);
    expect((await search('sought-', robotHeaders(made))).projects).toEqual([PRIVATE, PUBLIC]);
  });

  it('see what their patterns allow, and no more', async () => {
    const made = await robot('search-some', inProject(`${PRIVATE}/team/**`, 'repository:list'));
    expect(await seen(made)).toEqual([`${PRIVATE}/team/q`, `${PRIVATE}/team/zebra/x`, `${PUBLIC}/zebra/app`]);
    expect(await repositoriesOf('zebra', robotHeaders(made))).toEqual([
      `${PRIVATE}/team/zebra/x`,
      `${PUBLIC}/zebra/app`,
    ]);
    const total = (await ask('/repositories?q=name%3D~zebra', robotHeaders(made))).headers.get('x-total-count');
    expect(total).toBe('2');
  });

  it.each([
    ['search-pulling', [inProject(PRIVATE, 'repository:pull')]],
    ['search-patternless', [inProject(`${PRIVATE}/team/*`, 'repository:list')]],
    ['search-denied', [inProject(PRIVATE, 'repository:list', 'repository:list:deny')]],
    ['search-system', [inSystem('project:list')]],
  ])('see only what is public without a list of it: %s', async (name, permissions) => {
    expect(await seen(await robot(name, ...permissions))).toEqual([`${PUBLIC}/zebra/app`]);
  });

  it('see everything with a list of every project, but for what is denied in one', async () => {
    expect(await seen(await robot('search-all', inProject('*', 'repository:list')))).toEqual(ALL);
    const made = await robot(
      'search-but',
      inProject('*', 'repository:list'),
      inProject(HIDDEN, 'repository:list:deny'),
    );
    expect(await seen(made)).toEqual(OF_MEMBER);
  });
});

describe('GET /api/v2.0/statistics', () => {
  const ask = async (headers?: Headers) =>
    (await (await server.request('/api/v2.0/statistics', { headers: { ...headers } })).json()) as Record<
      string,
      number
    >;

  it('tells administrators all', async () => {
    const counted = await testEnv.DB.prepare(
      `select count(*) projects, sum(repository_count) repositories,
         (select sum(size_bytes) from blobs) bytes from projects where deleted_at_ms is null`,
    ).first<{ projects: number; repositories: number; bytes: number | null }>();
    const told = await ask(asAdmin);
    expect(told).toMatchObject({
      total_project_count: counted?.projects,
      total_repo_count: counted?.repositories,
      total_storage_consumption: counted?.bytes ?? 0,
    });
    expect(Object.keys(told)).toHaveLength(7);
    expect((told['private_project_count'] ?? 0) + (told['public_project_count'] ?? 0)).toBe(
      told['total_project_count'],
    );
  });

  it('tells members what is public and what is theirs', async () => {
    const { public_project_count, public_repo_count } = await ask(asAdmin);
    const nothing = { total_project_count: 0, total_repo_count: 0, total_storage_consumption: 0 };
    const ofPublic = { public_project_count, public_repo_count, ...nothing };
    expect(await ask(asMember)).toEqual({ ...ofPublic, private_project_count: 1, private_repo_count: 3 });
    expect(await ask(asStranger)).toEqual({ ...ofPublic, private_project_count: 0, private_repo_count: 0 });
    const robot = await makeRobot(server, {
      name: 'search-counting',
      permissions: [inProject(PRIVATE, 'repository:list')],
    });
    expect(await ask(robotHeaders(robot))).toEqual({ ...ofPublic, private_project_count: 0, private_repo_count: 0 });
  });

  it('is for those who are known', async () => {
    const response = await server.request('/api/v2.0/statistics');
    expect([response.status, (await errorOf(response)).code]).toEqual([401, 'UNAUTHORIZED']);
  });
});
