import { applyD1Migrations, type D1Migration, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';

/**
 * What a deployment begins with, before each test file. The files share one isolate and its bindings, as starting them
 * for each takes longer than the tests; so what the file before has left goes first.
 */
const { DB, TEST_MIGRATIONS } = env as unknown as { readonly DB: D1Database; readonly TEST_MIGRATIONS: D1Migration[] };

await reset();
await applyD1Migrations(DB, TEST_MIGRATIONS);
