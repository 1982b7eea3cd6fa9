import { applyD1Migrations, type D1Migration, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { restore, takeSnapshot } from '#test/support/schema-snapshot';

const { DB, TEST_MIGRATIONS } = env as unknown as {
  readonly DB: D1Database;
  readonly TEST_MIGRATIONS: D1Migration[];
};

/** What a search of either index for a word finds. */
const SEARCHES = ['project_search', 'repository_search'].map(
  (table) => `select rowid from ${table} where name match 'library'`,
);

async function rowsOf(sql: string): Promise<readonly Record<string, unknown>[]> {
  return (await DB.prepare(sql).all()).results;
}

/** All of a database: its schema, every row of its tables, and what its search indexes find. */
async function contents() {
  const schema = await rowsOf(
    `select type, name, tbl_name, sql from sqlite_master where name not like '\\_cf\\_%' escape '\\' order by type, name`,
  );
  const tables = schema.filter(({ type, sql }) => type === 'table' && !String(sql).startsWith('CREATE VIRTUAL'));
  const rows: Record<string, unknown> = {};
  for (const { name } of tables) {
    // The inner tables of a search index differ by how it was filled.
    if (/_search_\w+$/.test(String(name))) continue;
    rows[String(name)] = await rowsOf(`select * from "${name}" order by 1`);
  }
  const found = [];
  for (const search of SEARCHES) found.push(await rowsOf(search));
  return { schema, rows, found };
}

it('a database of the tests is what the migrations make', async () => {
  await reset();
  await applyD1Migrations(DB, TEST_MIGRATIONS);
  const migrated = await contents();
  const snapshot = await takeSnapshot(DB, TEST_MIGRATIONS);
  await reset();
  await restore(DB, snapshot);
  expect(await contents()).toEqual(migrated);
  expect(migrated.found.flat()).not.toEqual([]);
});
