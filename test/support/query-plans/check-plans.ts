import { env } from 'cloudflare:workers';
import { afterAll } from 'vitest';
import type { Env } from '#src/env';
import { isAllowed } from '#test/support/query-plans/allowed-scans';
import { explain } from '#test/support/query-plans/explain';
import { takeStatements, watchStores } from '#test/support/query-plans/prepared-statements';
import { scansOf } from '#test/support/query-plans/scans';

const { DB } = env as unknown as Env;

watchStores();

/** Whatever a test file made the stores ask must be on an index: it fails when a statement goes through a growing table. */
afterAll(async () => {
  const statements = takeStatements();
  const { results } = await DB.prepare(`select name from sqlite_master where type = 'table'`).all<{ name: string }>();
  const tables = new Set(results.map(({ name }) => name));
  const wrong = (await explain(DB, statements)).flatMap(({ sql, details }) =>
    scansOf(sql, details, tables)
      .filter((scan) => !isAllowed(scan, sql))
      .map(({ table, index }) => `${index ?? table} is read from end to end by: ${sql}`),
  );
  if (wrong.length > 0) throw new Error(`put it on an index, or see test/support/query-plans:\n${wrong.join('\n\n')}`);
});
