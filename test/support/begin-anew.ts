import { applyD1Migrations, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';

/**
 * What a deployment begins with, before each test file. The files share one isolate, one database and one bucket, as
 * starting these for each takes longer than the tests; so what the file before has left goes first.
 */
const { DB, BLOBS, TEST_MIGRATIONS } = env as unknown as {
  readonly DB: D1Database;
  readonly BLOBS: R2Bucket;
  readonly TEST_MIGRATIONS: D1Migration[];
};

/** Rows of the first migrations. */
const SEED = /INSERT INTO `(?:users|projects|project_members)`[^;]*VALUES[^;]*/;

async function emptyDatabase(): Promise<void> {
  const { results } = await DB.prepare(
    `select name from sqlite_master where type = 'table' and name not like 'sqlite@_%' escape '@'
       and name not like '@_cf@_%' escape '@' and name <> 'd1_migrations'`,
  ).all<{ name: string }>();
  const seeds = TEST_MIGRATIONS.flatMap(({ queries }) => queries).flatMap((query) => SEED.exec(query)?.[0] ?? []);
  await DB.batch([
    DB.prepare('pragma defer_foreign_keys = on'),
    ...results.map(({ name }) => DB.prepare(`delete from ${name}`)),
    ...seeds.map((query) => DB.prepare(query)),
    DB.prepare('update users set username_key = username'),
  ]);
}

async function emptyBucket(): Promise<void> {
  for (;;) {
    const { objects } = await BLOBS.list();
    if (objects.length === 0) return;
    await BLOBS.delete(objects.map(({ key }) => key));
  }
}

await applyD1Migrations(DB, TEST_MIGRATIONS);
await emptyDatabase();
await emptyBucket();
