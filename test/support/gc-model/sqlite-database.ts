import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

/** Changes the text of a statement; what mutation checks plant bugs with. */
export type Rewrite = (sql: string) => string;

const UNCHANGED: Rewrite = (sql) => sql;
/** What changes nothing, and is asked most. */
const IS_READ = /^\s*(?:select|with)\b/;

interface Query {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/**
 * D1 on SQLite in memory: the same statements, triggers and foreign keys, without a process in between. What is done since
 * {@link begin} can be undone at once, so that each history begins with the same database.
 */
export class SqliteDatabase {
  readonly #database = new DatabaseSync(':memory:');
  readonly #prepared = new Map<string, StatementSync>();
  #rewrite: Rewrite = UNCHANGED;

  constructor(migrations: readonly string[]) {
    for (const sql of migrations.flatMap((text) => text.split('--> statement-breakpoint'))) this.#database.exec(sql);
  }

  begin(rewrite: Rewrite = UNCHANGED): void {
    if (rewrite !== this.#rewrite) this.#prepared.clear();
    this.#rewrite = rewrite;
    this.#database.exec('begin');
  }

  undo(): void {
    this.#database.exec('rollback');
  }

  /** What the stores see. */
  asD1(): D1Database {
    const statement = (query: Query): object => ({
      query,
      bind: (...values: SQLInputValue[]) => statement({ ...query, values: values.map(toSqlite) }),
      all: async () => this.#run(query),
      run: async () => this.#run(query),
      first: async (column?: string) => {
        const row = this.#run(query).results[0] as Record<string, unknown> | undefined;
        return column === undefined ? (row ?? null) : (row?.[column] ?? null);
      },
    });
    const batch = async (statements: readonly { query: Query }[]) => this.#batch(statements.map(({ query }) => query));
    return { prepare: (sql: string) => statement({ sql, values: [] }), batch } as unknown as D1Database;
  }

  #batch(queries: readonly Query[]) {
    this.#database.exec('savepoint batch');
    try {
      const results = queries.map((query) => this.#run(query));
      this.#database.exec('release batch');
      return results;
    } catch (error) {
      this.#database.exec('rollback to batch; release batch');
      throw error;
    }
  }

  #run({ sql, values }: Query) {
    try {
      const prepared = this.#prepare(sql);
      if (IS_READ.test(sql)) return { success: true, results: prepared.all(...values), meta: { changes: 0 } };
      const before = this.#changes();
      const results = prepared.all(...values);
      return { success: true, results, meta: { changes: this.#changes() - before } };
    } catch (error) {
      throw new Error(`D1_ERROR: ${error instanceof Error ? error.message : String(error)}`, { cause: sql });
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql) ?? this.#database.prepare(this.#rewrite(sql));
    this.#prepared.set(sql, known);
    return known;
  }

  #changes(): number {
    const row = this.#prepare('select total_changes() as changes').get();
    return Number(row?.['changes']);
  }
}

function toSqlite(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === undefined) throw new TypeError('D1_TYPE_ERROR: undefined cannot be bound');
  return value as SQLInputValue;
}
