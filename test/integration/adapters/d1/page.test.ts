import { beforeAll, describe, expect, it } from 'vitest';
import { conditions } from '#adapters/d1/conditions';
import { type KeyedPageQuery, type KeyWindow, listKeyedPage } from '#adapters/d1/page';
import { testEnv } from '#test/support/server';

const db = testEnv.DB;
/** More than what counts as deep, and less than is counted. */
const ROWS = 2_600;
const where = conditions(['t.project_id = ?1'], [7]);

function query(overrides: Partial<KeyedPageQuery> = {}): KeyedPageQuery {
  return {
    keys: () => `select t.id, t.name key from page_rows t where ${where.sql}`,
    bindings: where.bindings,
    isDescending: false,
    select: (bind) => `select t.id, t.name, ${bind('mine')} mark from page_rows t`,
    id: 't.id',
    column: 't.name',
    page: { limit: 10, offset: 0 },
    ...overrides,
  };
}

const names = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);
const nameAt = (index: number) => `n${String(index).padStart(5, '0')}`;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => nameAt(from + index));
/** Rows of the table itself that a run read, whatever the index gave. */
const rowsRead = async (sql: string, bindings: readonly unknown[]) =>
  (
    await db
      .prepare(sql)
      .bind(...bindings)
      .all()
  ).meta.rows_read;

beforeAll(async () => {
  await db.batch([
    db.prepare('create table page_rows (id integer primary key, project_id integer not null, name text not null)'),
    db.prepare('create index page_rows_listed on page_rows (project_id, name)'),
    db.prepare(`insert into page_rows (project_id, name) select 7, printf('n%05d', value) from
      (with recursive c(value) as (select 0 union all select value + 1 from c where value < ${ROWS - 1}) select value from c)`),
    db.prepare(`insert into page_rows (project_id, name) values (8, 'of another')`),
  ]);
});

describe('listKeyedPage', () => {
  it.each([
    [0, 10],
    [999, 3],
    [1_000, 10],
    [1_299, 10],
    [1_301, 10],
    [2_595, 10],
    [2_599, 1],
    [0, 1_000],
    [2_000, 1_000],
  ])('gives the page at %i of %i rows in either direction', async (offset, limit) => {
    const end = Math.min(offset + limit, ROWS);
    const ascending = await listKeyedPage<{ name: string }>(db, query({ page: { offset, limit } }));
    expect(ascending.total).toBe(ROWS);
    expect(names(ascending.rows)).toEqual(range(offset, end));
    const descending = await listKeyedPage<{ name: string }>(
      db,
      query({ page: { offset, limit }, isDescending: true }),
    );
    expect(names(descending.rows)).toEqual(range(ROWS - end, ROWS - offset).reverse());
  });

  it('gives nothing behind the last row, and says how many there are', async () => {
    const { rows, total } = await listKeyedPage(db, query({ page: { limit: 10, offset: ROWS } }));
    expect({ rows, total }).toEqual({ rows: [], total: ROWS });
  });

  it('shows what else is selected, with values of its own', async () => {
    const { rows } = await listKeyedPage<{ mark: string }>(db, query({ page: { limit: 1, offset: 0 } }));
    expect(rows).toEqual([{ id: 1, name: nameAt(0), mark: 'mine' }]);
  });

  it('takes a total that is kept instead of counting', async () => {
    const total = { sql: 'select ?1', bindings: [123_456] };
    expect((await listKeyedPage(db, query({ total }))).total).toBe(123_456);
  });

  it('cuts a union off at the page, from whichever end it reads', async () => {
    const windows: KeyWindow[] = [];
    const keys = (window: KeyWindow) => {
      windows.push(window);
      return query().keys(window);
    };
    await listKeyedPage(db, query({ keys, page: { limit: 10, offset: 2_500 } }));
    expect(windows).toEqual([
      { direction: 'asc', reach: 10_000 },
      { direction: 'desc', reach: 100 },
    ]);
  });

  it('reads the rows of the page and no others', async () => {
    const statements: { sql: string; bindings: readonly unknown[] }[] = [];
    const recording = {
      prepare: (sql: string) => ({
        bind: (...bindings: unknown[]) => {
          statements.push({ sql, bindings });
          return db.prepare(sql).bind(...bindings);
        },
      }),
      batch: (batch: D1PreparedStatement[]) => db.batch(batch),
    } as unknown as D1Database;
    await listKeyedPage(recording, query({ page: { limit: 10, offset: 2_590 } }));
    const rows = statements.at(-1);
    if (!rows) throw new Error('nothing was read');
    expect(await rowsRead(rows.sql, rows.bindings)).toBeLessThan(50);
    const plan = await db
      .prepare(`explain query plan ${rows.sql}`)
      .bind(...rows.bindings)
      .all<{ detail: string }>();
    const details = plan.results.map(({ detail }) => detail).join('\n');
    expect(details).toMatch(/SEARCH t USING COVERING INDEX page_rows_listed \(project_id=\?\)/);
    expect(details).toMatch(/SEARCH t USING INTEGER PRIMARY KEY/);
  });
});
