import { readdirSync } from 'node:fs';

/** One file of the migrations folder. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/** What is needed of a D1 database; Miniflare's proxy and the platform's binding both fit. */
export interface MigratableDatabase<Statement> {
  prepare(query: string): Statement;
  batch<Row>(statements: Statement[]): Promise<readonly { readonly results: readonly Row[] }[]>;
}

/** The migrations of a folder, in the order they are applied. */
export function listMigrationNames(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => /^\d{4}_.+\.sql$/.test(name))
    .sort();
}

// Word for word wrangler's table, so that `wrangler d1 migrations` and `npm start` agree on what has been applied.
const createTable = `CREATE TABLE IF NOT EXISTS "d1_migrations"(
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** Applies what is pending, each file and its record in one transaction; answers the names applied. */
export async function applyMigrations<Statement>(
  db: MigratableDatabase<Statement>,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  const [, listed] = await db.batch<{ name: string }>([
    db.prepare(createTable),
    db.prepare('SELECT name FROM d1_migrations'),
  ]);
  const applied = new Set(listed?.results.map((row) => row.name));
  const pending = migrations.filter((migration) => !applied.has(migration.name));
  for (const { name, statements } of pending) {
    const record = `INSERT INTO d1_migrations (name) VALUES ('${name.replaceAll("'", "''")}')`;
    await db.batch([...statements, record].map((statement) => db.prepare(statement)));
  }
  return pending.map((migration) => migration.name);
}
