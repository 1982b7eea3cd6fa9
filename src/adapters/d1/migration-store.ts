import type { MigrationStore } from '#domain/system/migration-store';

/** Reads the table in which wrangler keeps what it has applied. */
export class D1MigrationStore implements MigrationStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async newest(): Promise<string | undefined> {
    const row = await this.#db.prepare('select max(name) name from d1_migrations').first<{ name: string | null }>();
    return row?.name ?? undefined;
  }
}
