import { applyD1Migrations, type D1Migration, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';

/**
 * What a deployment begins with, before each test file. The files share one isolate and its bindings, as starting them
 * for each takes longer than the tests; so what the file before has left goes first.
 */
const { DB, BLOBS, TEST_MIGRATIONS } = env as unknown as {
  readonly DB: D1Database;
  readonly BLOBS: R2Bucket;
  readonly TEST_MIGRATIONS: D1Migration[];
};

/** On a busy machine a binding still works for the file before, such as on its last events, and keeps what it holds. */
const MAX_RESETS = 50;

async function isEmpty(): Promise<boolean> {
  const tables = await DB.prepare(`select count(*) as n from sqlite_master where name = 'users'`).first<number>('n');
  return tables === 0 && (await BLOBS.list({ limit: 1 })).objects.length === 0;
}

let resets = 0;
do {
  if (resets++ === MAX_RESETS) throw new Error('what the test file before has left does not go away');
  await reset();
} while (!(await isEmpty()));
await applyD1Migrations(DB, TEST_MIGRATIONS);
