import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { D1ProjectListing } from '#adapters/d1/project-listing';
import { PROJECT_ORDERS, type ProjectFilter, type ProjectPage } from '#domain/projects/project-listing';
import { testEnv } from '#test/support/server';

const db = testEnv.DB;
const PROJECTS = 3_000;
const MEMBER = 50;
const OWNER = 51;
const EVERYBODY: ProjectFilter = { isUnlimited: true, memberId: undefined, visibleIds: [] };
const NOBODY: ProjectFilter = { isUnlimited: false, memberId: undefined, visibleIds: [] };
const ofMember: ProjectFilter = { isUnlimited: false, memberId: MEMBER, visibleIds: [] };
const firstPage: ProjectPage = { limit: 10, offset: 0, orderBy: 'name', isDescending: false, isDetailed: true };

let rowsRead = 0;
let statements: { sql: string; bindings: readonly unknown[] }[] = [];

/** D1 that adds up the rows it read and notes what it was asked. */
const metered = {
  prepare: (sql: string) => ({
    bind: (...bindings: unknown[]) => {
      statements.push({ sql, bindings });
      return db.prepare(sql).bind(...bindings);
    },
  }),
  batch: async (batch: D1PreparedStatement[]) => {
    const results = await db.batch(batch);
    rowsRead += results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
    return results;
  },
} as unknown as D1Database;
const listing = new D1ProjectListing({ db: metered });

async function list(filter: ProjectFilter, page: Partial<ProjectPage> = {}) {
  rowsRead = 0;
  statements = [];
  const { items, total } = await listing.list(filter, { ...firstPage, ...page });
  return { names: items.map(({ project }) => project.name), total };
}

/** How the last statement, that of the rows, is run. */
async function plan(): Promise<string> {
  const last = statements.findLast(({ sql }) => sql.includes('owner_name'));
  if (!last) throw new Error('no rows were read');
  const { results } = await db
    .prepare(`explain query plan ${last.sql}`)
    .bind(...last.bindings)
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail).join('\n');
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly is_public: number;
  readonly owner_id: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

let rows: readonly Row[] = [];
let memberOf: ReadonlySet<number> = new Set();

beforeAll(async () => {
  const numbers = `with recursive c(n) as (select 0 union all select n + 1 from c where n < ${PROJECTS - 1}) select n from c`;
  await db.batch([
    db.prepare(`insert into users (id, username, username_key, password_hash, created_at_ms, updated_at_ms) values
      (${MEMBER}, 'listing-member', 'listing-member', '', 0, 0), (${OWNER}, 'listing-owner', 'listing-owner', '', 0, 0)`),
    db.prepare(`insert into user_groups (id, name, type, key, created_at_ms, updated_at_ms)
      values (9, 'listing-group', 3, 'listing-group', 0, 0)`),
    db.prepare(`insert into user_group_members (user_id, group_id) values (${MEMBER}, 9)`),
    // One in ten is public, one in fifty has another owner; times go up and down beside the names.
    db.prepare(`insert into projects (name, owner_id, is_public, created_at_ms, updated_at_ms)
      select printf('p%s-%05d', substr('xyz', n % 3 + 1, 1), (n * 7919) % 100000), iif(n % 50 = 7, ${OWNER}, 1), n % 10 = 0,
        (n * 31) % 997, (n * 17) % 499 from (${numbers})`),
    db.prepare(`insert into project_members (project_id, user_id, role, created_at_ms)
      select id, ${MEMBER}, 3, 0 from projects where id % 97 = 0`),
    db.prepare(`insert into project_members (project_id, group_id, role, created_at_ms)
      select id, 9, 3, 0 from projects where id % 89 = 0`),
    db.prepare(`update projects set name = name || '#' || id, deleted_at_ms = 1 where id % 41 = 0`),
  ]);
  const found = await db.prepare('select * from projects where deleted_at_ms is null').all<Row>();
  rows = found.results;
  memberOf = new Set(rows.filter(({ id }) => id % 97 === 0 || id % 89 === 0).map(({ id }) => id));
});

/** What a listing is to give, by reading everything. */
function expected(filter: ProjectFilter, page: ProjectPage) {
  const owners: Record<string, number> = { admin: 1, 'listing-owner': OWNER };
  const keyOf = (row: Row) => {
    const keys = {
      name: row.name,
      creation_time: row.created_at_ms,
      update_time: row.updated_at_ms,
      project_id: row.id,
    };
    return keys[page.orderBy];
  };
  const isOwn = ({ id }: Row) => (filter.memberId ? memberOf.has(id) : filter.visibleIds.includes(id));
  const matching = rows
    .filter((row) => filter.isUnlimited || row.is_public === 1 || isOwn(row))
    .filter((row) => filter.name === undefined || row.name === filter.name)
    .filter((row) => row.name.includes((filter.nameContains ?? '').toLowerCase()))
    .filter((row) => filter.isPublic === undefined || row.is_public === Number(filter.isPublic))
    .filter((row) => filter.owner === undefined || row.owner_id === owners[filter.owner])
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : a.id - b.id));
  if (page.isDescending) matching.reverse();
  const names = matching.slice(page.offset, page.offset + page.limit).map(({ name }) => name);
  return { names, total: matching.length };
}

describe('a listing of projects', () => {
  it('gives what reading every project would give, whatever is asked', async () => {
    const visibility = fc.constantFrom(EVERYBODY, NOBODY, ofMember, { ...NOBODY, visibleIds: [1, 12, 44, 500, 2_900] });
    const filters = fc.record(
      {
        name: fc.constantFrom('library', 'absent'),
        nameContains: fc.constantFrom('p', 'x-', 'px-', 'PY-0', '-00', 'lib', 'x y', '"', '#'),
        isPublic: fc.boolean(),
        owner: fc.constantFrom('admin', 'listing-owner', 'nobody'),
      },
      { requiredKeys: [] },
    );
    const pages = fc.record({
      limit: fc.constantFrom(1, 10, 100),
      offset: fc.constantFrom(0, 5, 1_100, 2_890, 5_000),
      orderBy: fc.constantFrom(...PROJECT_ORDERS),
      isDescending: fc.boolean(),
      isDetailed: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(visibility, filters, pages, async (seen, filter, page) => {
        expect(await list({ ...seen, ...filter }, page)).toEqual(expected({ ...seen, ...filter }, page));
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it.each(PROJECT_ORDERS)('reads no more than its page by %s, at the beginning and at the end', async (orderBy) => {
    for (const filter of [EVERYBODY, NOBODY, { ...EVERYBODY, isPublic: false }]) {
      for (const isDescending of [false, true]) {
        await list(filter, { orderBy, isDescending });
        expect(rowsRead).toBeLessThan(100);
        expect(await plan()).toMatch(/(SCAN|SEARCH) p USING COVERING INDEX projects_(live|public)/);
      }
    }
    const { total } = await list(EVERYBODY, { orderBy });
    await list(EVERYBODY, { orderBy, offset: total - 10 });
    expect(rowsRead).toBeLessThan(100);
  });

  it('takes from the index alone what a deep page skips', async () => {
    await list(EVERYBODY, { orderBy: 'creation_time', offset: 1_400 });
    expect(await plan()).toMatch(/USING COVERING INDEX projects_live_created/);
    expect(rowsRead).toBeLessThan(1_600);
  });

  it('reads of a member their own projects and as many public ones as the page needs', async () => {
    await list(ofMember);
    expect(rowsRead).toBeLessThan(memberOf.size * 8 + 200);
  });

  it('finds a part of a name by the trigram index', async () => {
    for (const seen of [EVERYBODY, NOBODY]) {
      await list({ ...seen, nameContains: 'y-0791' });
      expect(await plan()).toMatch(/SCAN project_search VIRTUAL TABLE INDEX/);
      expect(rowsRead).toBeLessThan(200);
    }
  });

  it.each(PROJECT_ORDERS)('reads its page alone of a part that many share, and counts them, by %s', async (orderBy) => {
    const { total } = await list({ ...EVERYBODY, nameContains: 'px-' }, { orderBy });
    expect(total).toBeGreaterThan(900);
    expect(rowsRead - total).toBeLessThan(250);
  });

  it('finds an owner by an index', async () => {
    await list({ ...EVERYBODY, owner: 'listing-owner' });
    expect(await plan()).toMatch(/SEARCH projects USING (COVERING )?INDEX projects_owner/);
    expect(rowsRead).toBeLessThan(PROJECTS / 4);
  });
});
