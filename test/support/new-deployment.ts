import { applyD1Migrations, type D1Migration, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { restore, type SchemaSnapshot, takeSnapshot } from '#test/support/schema-snapshot';

const { DB, BLOBS, TEST_MIGRATIONS } = env as unknown as {
  readonly DB: D1Database;
  readonly BLOBS: R2Bucket;
  readonly TEST_MIGRATIONS: D1Migration[];
};

/** On a busy machine a binding still works for the file before, such as on its last events, and keeps what it holds. */
const MAX_RESETS = 50;

let snapshot: SchemaSnapshot | undefined;

/** How many deployments there were. What still works for one of them must not do so for the next. */
export const deployments = { count: 0 };

/** Empties every binding and applies the migrations, as a deployment begins. */
export async function beginAnew(): Promise<void> {
  deployments.count++;
  let resets = 0;
  do {
    if (resets++ === MAX_RESETS) throw new Error('what the test file before has left does not go away');
    await reset();
  } while (!(await isEmpty()));
  if (snapshot) return restore(DB, snapshot);
  await applyD1Migrations(DB, TEST_MIGRATIONS);
  snapshot = await takeSnapshot(DB, TEST_MIGRATIONS);
}

async function isEmpty(): Promise<boolean> {
  const tables = await DB.prepare(`select count(*) as n from sqlite_master where name = 'users'`).first<number>('n');
  return tables === 0 && (await BLOBS.list({ limit: 1 })).objects.length === 0;
}
