import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { D1RepositoryListingStore } from '#adapters/d1/repository-listing-store';
import { MeteredDatabase } from '#adapters/metering/metered-database';
import type { Project } from '#domain/projects/project';
import { PROJECT_REPOSITORY_ORDERS, REPOSITORY_ORDERS } from '#domain/repositories/repository-listing';
import { createHarness } from '#test/support/harness';
import { insertProject, testEnv } from '#test/support/server';

const harness = createHarness();
const { meter } = harness.services;
const store = new D1RepositoryListingStore({ db: new MeteredDatabase({ db: testEnv.DB, meter }) });
/** Of each of the two projects: more than matches that are sorted without a thought. */
const ROWS = 1_500;
const PROJECTS = ['sought-app', 'sought-web'] as const;
const EVERYTHING = { isUnlimited: true, memberId: undefined, projectIds: [], ranges: [], everyProjectBut: undefined };
const PUBLIC = { ...EVERYTHING, isUnlimited: false };

interface Row {
  readonly full_name: string;
  readonly project_id: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  readonly pull_count: number;
  readonly id: number;
}

let projects: readonly Project[] = [];
let rows: readonly Row[] = [];

beforeAll(async () => {
  const found = PROJECTS.map(async (name) => {
    const id = await insertProject(harness, name, { isPublic: true });
    await testEnv.DB.prepare(
      `with recursive c(n) as (select 0 union all select n + 1 from c where n < ${ROWS - 1})
       insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms, pull_count)
       select ?1, printf('%s/svc-%05d', iif(n % 3, 'team', 'app'), n * 7919 % 100000), iif(n % 50, 1, null),
         n * 31 % 997, n * 17 % 499, n / 2 from c`,
    )
      .bind(id)
      .run();
    return harness.services.projects.find(id);
  });
  projects = (await Promise.all(found)).flatMap((project) => project ?? []);
  const all = `select r.*, p.name || '/' || r.name full_name from repositories r join projects p on p.id = r.project_id
    where r.published_at_ms is not null`;
  rows = (await testEnv.DB.prepare(all).all<Row>()).results;
}, 60_000);

interface Wanted {
  readonly part: string;
  readonly orderBy: (typeof PROJECT_REPOSITORY_ORDERS)[number];
  readonly isDescending: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** What a search is to give, by reading everything. */
function expected(candidates: readonly Row[], { part, orderBy, isDescending, limit, offset }: Wanted) {
  const keyOf = (row: Row) =>
    ({
      name: row.full_name,
      creation_time: row.created_at_ms,
      update_time: row.updated_at_ms,
      pull_count: row.pull_count,
    })[orderBy];
  const found = candidates
    .filter((row) => row.full_name.includes(part.toLowerCase()))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : a.id - b.id));
  if (isDescending) found.reverse();
  return { names: found.slice(offset, offset + limit).map((row) => row.full_name), total: found.length };
}

const named = ({ items, total }: Awaited<ReturnType<typeof store.list>>) => ({
  names: items.map(({ name }) => `${name}`),
  total,
});

const wanted = {
  part: fc.constantFrom(
    'app',
    'APP',
    'svc-0',
    'svc-07919',
    'sought',
    'web/app',
    'ought-web',
    'team/svc',
    'nothing',
    '"',
  ),
  isDescending: fc.boolean(),
  limit: fc.constantFrom(1, 10, 100),
  offset: fc.constantFrom(0, 5, 490, 1_100, 1_960, 5_000),
};

describe('a search for a part of the names of repositories', () => {
  it('gives what reading every repository would give', async () => {
    const searches = fc.record({ ...wanted, orderBy: fc.constantFrom(...REPOSITORY_ORDERS) });
    await fc.assert(
      fc.asyncProperty(searches, fc.constantFrom(EVERYTHING, PUBLIC), async (search, visibility) => {
        const query = { name: { match: 'fuzzy', value: search.part } } as const;
        expect(named(await store.list({ query, visibility }, search))).toEqual(expected(rows, search));
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it('gives what reading every repository of its project would give', async () => {
    const searches = fc.record({
      ...wanted,
      part: fc.oneof(wanted.part, fc.constantFrom('p', 'sv', 't')),
      orderBy: fc.constantFrom(...PROJECT_REPOSITORY_ORDERS),
    });
    await fc.assert(
      fc.asyncProperty(searches, fc.nat({ max: 1 }), async (search, index) => {
        const project = projects[index] as Project;
        const query = { name: { match: 'fuzzy', value: search.part } } as const;
        const own = rows.filter((row) => row.project_id === project.id);
        expect(named(await store.listInProject(project, { query }, search))).toEqual(expected(own, search));
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  const page = { limit: 10, offset: 0, isDescending: true };
  const query = (value: string) => ({ name: { match: 'fuzzy', value } }) as const;

  /** Rows that a search reads beside those it counts. */
  async function rowsRead(list: () => ReturnType<typeof store.list>): Promise<number> {
    return meter.run(async (usage) => {
      const { total } = await list();
      return usage.counts.d1RowsRead - total;
    });
  }

  it.each(REPOSITORY_ORDERS)('reads its page, and counts what it finds, by %s', async (orderBy) => {
    const search = (part: string) => () =>
      store.list({ query: query(part), visibility: EVERYTHING }, { ...page, orderBy });
    expect(await rowsRead(search('svc-07919'))).toBeLessThan(60);
    expect(await rowsRead(search('svc'))).toBeLessThan(150);
    expect(await rowsRead(search('team'))).toBeLessThan(150);
  });

  it.each(PROJECT_REPOSITORY_ORDERS)('reads no more of a project, by %s', async (orderBy) => {
    const [project] = projects;
    if (!project) throw new Error('no project');
    const search = (part: string) => () => store.listInProject(project, { query: query(part) }, { ...page, orderBy });
    expect(await rowsRead(search('svc-07919'))).toBeLessThan(60);
    // The index of all projects is asked whether few have the part: 1,000 are not few.
    expect(await rowsRead(search('svc'))).toBeLessThan(1_150);
    // What every full name of the project holds filters nothing.
    expect(await rowsRead(search('sought'))).toBeLessThan(0);
  });
});
