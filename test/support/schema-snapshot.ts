import type { D1Migration } from 'cloudflare:test';

/** What a database holds after the migrations: all of it in one batch, where they take four times as long. */
export interface SchemaSnapshot {
  /** Tables first, then rows, then what watches rows. */
  readonly statements: readonly string[];
}

interface SchemaEntry {
  readonly type: 'table' | 'index' | 'trigger' | 'view';
  readonly name: string;
  readonly sql: string;
}

const VIRTUAL = /^create virtual table/i;
/** Of SQLite, of the platform, and kept by triggers or by virtual tables. */
const INTERNAL = /^(?:sqlite_|_cf_)/;

/** Takes the snapshot of a database to which exactly these migrations have been applied, and nothing else. */
export async function takeSnapshot(db: D1Database, migrations: readonly D1Migration[]): Promise<SchemaSnapshot> {
  const { results } = await db
    .prepare('select type, name, sql from sqlite_master where sql is not null order by rowid')
    .all<SchemaEntry>();
  const virtual = results.filter(({ sql }) => VIRTUAL.test(sql)).map(({ name }) => name);
  const own = results.filter(
    ({ name }) => !INTERNAL.test(name) && !virtual.some((table) => name.startsWith(`${table}_`) && isShadow(name)),
  );
  const tables = own.filter(({ type }) => type === 'table');
  const rows: string[] = [];
  for (const { name } of tables) {
    if (!virtual.includes(name)) rows.push(...(await insertsOf(db, name)));
  }
  return {
    statements: [
      // Rows come in the order of their tables, not of who refers to whom.
      'pragma defer_foreign_keys = on',
      ...tables.map(({ sql }) => sql),
      ...rows,
      ...fillingsOf(virtual, migrations),
      ...own.filter(({ type }) => type !== 'table').map(({ sql }) => sql),
    ],
  };
}

export async function restore(db: D1Database, { statements }: SchemaSnapshot): Promise<void> {
  await db.batch(statements.map((sql) => db.prepare(sql)));
}

/** The tables that FTS5 keeps an index in (sqlite.org/fts5.html §"FTS5 Shadow Tables"). */
function isShadow(name: string): boolean {
  return /_(?:data|idx|content|docsize|config)$/.test(name);
}

async function insertsOf(db: D1Database, table: string): Promise<readonly string[]> {
  const { results } = await db.prepare(`select * from "${table}"`).all<Record<string, unknown>>();
  return results.map((row) => {
    const columns = Object.keys(row).map((column) => `"${column}"`);
    return `insert into "${table}" (${columns.join(', ')}) values (${Object.values(row).map(literal).join(', ')})`;
  });
}

function literal(value: unknown): string {
  if (value === null || typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  throw new Error('a migration makes a row with a value that is neither number nor text');
}

/** An index without content of its own cannot be read out: it is filled from the rows, as the migrations fill it. */
function fillingsOf(virtual: readonly string[], migrations: readonly D1Migration[]): readonly string[] {
  const statements = migrations.flatMap(({ queries }) => queries.map(withoutComments));
  return statements.filter((sql) => virtual.some((table) => sql.startsWith(`INSERT INTO \`${table}\``)));
}

/** Of a statement, what follows the comments before it. */
function withoutComments(sql: string): string {
  return sql.replace(/^(?:\s*--.*\n)+\s*/, '');
}
