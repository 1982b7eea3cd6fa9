import { beforeAll, describe, expect, it } from 'vitest';
import { D1RepositoryListingStore } from '#adapters/d1/repository-listing-store';
import { parseNamePart } from '#core/name-part';
import type { Project } from '#domain/projects/project';
import type { PROJECT_REPOSITORY_ORDERS, ProjectRepositoryFilter } from '#domain/repositories/repository-listing';
import { createServer, insertProject, testEnv } from '#test/support/server';

const server = createServer();
const store = new D1RepositoryListingStore({ db: testEnv.DB });
/** More than are looked at one by one. */
const ROWS = 12_000;
const PROJECT = 'crowded';
let project: Project;

const nameAt = (index: number) => `${PROJECT}/group-${index % 7}/app-${String(index).padStart(5, '0')}`;
const inOrder = Array.from({ length: ROWS }, (_, index) => nameAt(index)).sort();

const list = async (
  filter: ProjectRepositoryFilter,
  orderBy: (typeof PROJECT_REPOSITORY_ORDERS)[number] = 'name',
  { isDescending = false, offset = 0 } = {},
) => {
  const page = { limit: 3, offset, orderBy, isDescending };
  const { items, total } = await store.listInProject(project, filter, page);
  return { names: items.map(({ name }) => name as string), total };
};

const EVERYBODY = { isUnlimited: false, memberId: undefined, projectIds: [], ranges: [], everyProjectBut: undefined };

beforeAll(async () => {
  const id = await insertProject(server, PROJECT, { isPublic: true });
  await testEnv.DB.prepare(
    `insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms, pull_count)
       select ?1, printf('group-%d/app-%05d', value % 7, value), 1, 1000000 + value, 2000000 - value, value / 2 from
         (with recursive c(value) as (select 0 union all select value + 1 from c where value < ?2 - 1) select value from c)`,
  )
    .bind(id, ROWS)
    .run();
  const found = await server.services.projects.find(id);
  if (!found) throw new Error('no project');
  project = found;
}, 60_000);

describe('a project with more repositories than are looked at one by one', () => {
  it.each([
    ['name', [inOrder[0], inOrder[1], inOrder[2]]],
    ['creation_time', [nameAt(0), nameAt(1), nameAt(2)]],
    ['update_time', [nameAt(ROWS - 1), nameAt(ROWS - 2), nameAt(ROWS - 3)]],
    ['pull_count', [nameAt(0), nameAt(1), nameAt(2)]],
  ] as const)('is listed by %s, with the total that is kept', async (orderBy, names) => {
    expect(await list({ query: {} }, orderBy)).toEqual({ names, total: ROWS });
  });

  it('is listed to its end', async () => {
    const { names } = await list({ query: {} }, 'name', { offset: ROWS - 2 });
    expect(names).toEqual(inOrder.slice(-2));
    const { names: last } = await list({ query: {} }, 'creation_time', { offset: 10_999, isDescending: true });
    expect(last).toEqual([nameAt(1_000), nameAt(999), nameAt(998)]);
  });

  it.each([
    ['a part within names', 'app-1199'],
    ['a part over the slash', 'wded/group-3/app-0000'],
    ['a short part, by beginnings', 'zz'],
    ['what no name holds', '"'],
  ])('is searched for %s', async (_, value) => {
    const names = inOrder.filter((name) => name.includes(value));
    const expected = { names: names.slice(0, 3), total: names.length };
    expect(await list({ query: { name: { match: 'fuzzy', value } } })).toEqual(expected);
  });

  it('is filtered by an index', async () => {
    const pulled = { match: 'range', min: 5_998, max: 5_999 } as const;
    const names = [nameAt(11_996), nameAt(11_997), nameAt(11_998)];
    expect(await list({ query: { pull_count: pulled } }, 'creation_time')).toEqual({ names, total: 4 });
    const created = { match: 'range', max: 1_000_001 } as const;
    expect((await list({ query: { creation_time: created } })).total).toBe(2);
    const both = { pull_count: pulled, name: { match: 'any-of', values: [nameAt(11_997), nameAt(1)] } } as const;
    expect(await list({ query: both })).toEqual({ names: [nameAt(11_997)], total: 1 });
  });

  it('counts no further than 10,000 what a filter leaves', async () => {
    expect((await list({ query: { pull_count: { match: 'range', min: 0 } } })).total).toBe(10_000);
    expect((await list({ query: {}, ranges: [{ from: 'group-1/', before: 'group-10' }] })).total).toBe(1_715);
  });

  it.each([
    ['everybody', EVERYBODY],
    ['an administrator', { ...EVERYBODY, isUnlimited: true }],
    ['a machine with every project', { ...EVERYBODY, everyProjectBut: [] }],
  ])('is listed among others, in order, for %s', async (_, visibility) => {
    const listed = async (orderBy: 'name' | 'creation_time') => {
      const page = { limit: 2 * ROWS, offset: 0, orderBy, isDescending: false };
      const { items } = await store.list({ query: {}, visibility }, page);
      return items.map(({ name }) => `${name}`).filter((name) => name.startsWith(`${PROJECT}/`));
    };
    expect(await listed('name')).toEqual(inOrder);
    expect(await listed('creation_time')).toEqual(Array.from({ length: ROWS }, (__, index) => nameAt(index)));
  });

  it('is found', async () => {
    const part = parseNamePart('crowded/group-1/app-1199');
    const found = part && (await store.search(part, EVERYBODY, 2));
    expect(found?.map(({ name }) => name)).toEqual(inOrder.filter((name) => name.includes(`${part}`)).slice(0, 2));
  });
});
