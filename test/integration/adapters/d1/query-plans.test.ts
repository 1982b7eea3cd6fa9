import { describe, expect, it } from 'vitest';
import { D1AuditStore } from '#adapters/d1/audit-store';
import { isAllowed } from '#test/support/query-plans/allowed-scans';
import { explain } from '#test/support/query-plans/explain';
import { takeStatements } from '#test/support/query-plans/prepared-statements';
import { scansOf } from '#test/support/query-plans/scans';
import { testEnv } from '#test/support/server';

const TABLES = new Set(['artifacts', 'tags', 'quotas', 'repository_search', 'statistics', 'users']);

async function refused(sql: string): Promise<string[]> {
  const [plan] = await explain(testEnv.DB, [sql]);
  const scans = scansOf(sql, plan?.details ?? [], TABLES);
  return scans.filter((scan) => !isAllowed(scan, sql)).map(({ table, index }) => index ?? table);
}

describe('the check of query plans', () => {
  it.each([
    ['select pulled_at_ms from tags where name = ?', ['tags']],
    ['select count(*) from artifacts', ['artifacts_manifest_blob']],
    ['select t.pulled_at_ms from quotas u join tags as t on t.name = u.id where u.id = ?1', ['tags']],
    ['delete from artifacts where size_bytes > ?', ['artifacts']],
    ['select rowid from repository_search', ['repository_search']],
    ['select id from quotas order by used_bytes', ['quotas_used']],
  ])('refuses %s', async (sql, names) => {
    expect(await refused(sql)).toEqual(names);
  });

  it.each([
    'select id from tags where artifact_id = ?',
    'select rowid from repository_search where repository_search match ?',
    'select * from statistics',
    'select id from quotas order by used_bytes limit ?',
    `select t.id from (select value id from json_each(?1)) users join tags t on t.artifact_id = users.id`,
  ])('takes %s', async (sql) => {
    expect(await refused(sql)).toEqual([]);
  });

  it('sees what stores prepare, and nothing that a test does', async () => {
    await testEnv.DB.prepare('select 17').run();
    // The text has the sum, which no other test asks for.
    const page = { limit: 5, offset: 1_234, isDescending: true };
    await new D1AuditStore({ db: testEnv.DB }).list(
      { kind: 'all' },
      { operation: { match: 'exact', value: 'create' } },
      page,
    );
    const seen = takeStatements();
    expect(seen.some((sql) => sql.includes('limit 1239'))).toBe(true);
    expect(seen).not.toContain('select 17');
  });
});

/** Rows of these stay when what they stood for is deleted. */
const NEVER_DELETED = ['users', 'projects'];
const REFERENCE = /FOREIGN KEY \(`(?<column>\w+)`\) REFERENCES [`"](?<parent>\w+)[`"]/g;

describe('a row that other tables refer to', () => {
  it('finds them by an index when it is deleted, which no plan tells of', async () => {
    const { results } = await testEnv.DB.prepare(`select name, sql from sqlite_master where type = 'table'`).all<{
      name: string;
      sql: string;
    }>();
    const searches = results.flatMap(({ name, sql }) =>
      [...sql.matchAll(REFERENCE)].map(({ groups }) => ({
        parent: groups?.['parent'] ?? '',
        sql: `select * from ${name} where ${groups?.['column']} = ?`,
      })),
    );
    expect(searches.length).toBeGreaterThan(30);
    const plans = await explain(
      testEnv.DB,
      searches.filter(({ parent }) => !NEVER_DELETED.includes(parent)).map(({ sql }) => sql),
    );
    expect(plans.filter(({ details }) => details.some((detail) => detail.startsWith('SCAN')))).toEqual([]);
  });
});
