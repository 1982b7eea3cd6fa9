import { applyD1Migrations, type D1Migration, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';

const { DB, TEST_MIGRATIONS } = env as unknown as { readonly DB: D1Database; readonly TEST_MIGRATIONS: D1Migration[] };

/** Forgets everything, and leaves what a deployment begins with. */
export async function beginAnew(): Promise<void> {
  await reset();
  await applyD1Migrations(DB, TEST_MIGRATIONS);
}
