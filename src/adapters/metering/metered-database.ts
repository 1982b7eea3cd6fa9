import type { OperationMeter } from '#adapters/metering/operation-meter';

/** D1 whose answers are added up: only the answers say how many rows a statement read and wrote. */
export class MeteredDatabase implements D1Database {
  readonly #db: D1Database;
  readonly #meter: OperationMeter;

  constructor(deps: { readonly db: D1Database; readonly meter: OperationMeter }) {
    this.#db = deps.db;
    this.#meter = deps.meter;
  }

  prepare(query: string): D1PreparedStatement {
    return new MeteredStatement(this.#db.prepare(query), this.#meter);
  }

  async batch<T>(statements: D1PreparedStatement[]): Promise<D1Result<T>[]> {
    return countAll(this.#meter, await this.#db.batch<T>(statements.map(unwrap)));
  }

  exec(query: string): Promise<D1ExecResult> {
    return this.#db.exec(query);
  }

  withSession(constraintOrBookmark?: D1SessionBookmark | D1SessionConstraint): D1DatabaseSession {
    const session = this.#db.withSession(constraintOrBookmark);
    return {
      prepare: (query) => new MeteredStatement(session.prepare(query), this.#meter),
      batch: async <T>(statements: D1PreparedStatement[]) =>
        countAll(this.#meter, await session.batch<T>(statements.map(unwrap))),
      getBookmark: () => session.getBookmark(),
    };
  }

  dump(): Promise<ArrayBuffer> {
    return this.#db.dump();
  }
}

class MeteredStatement implements D1PreparedStatement {
  readonly inner: D1PreparedStatement;
  readonly #meter: OperationMeter;

  constructor(inner: D1PreparedStatement, meter: OperationMeter) {
    this.inner = inner;
    this.#meter = meter;
  }

  bind(...values: unknown[]): D1PreparedStatement {
    return new MeteredStatement(this.inner.bind(...values), this.#meter);
  }

  first<T = unknown>(column: string): Promise<T | null>;
  first<T = Record<string, unknown>>(): Promise<T | null>;
  /** As D1's own, which throws away the row counts. */
  async first(column?: string): Promise<unknown> {
    const { results } = count(this.#meter, await this.inner.all<Record<string, unknown>>());
    const row = results[0];
    if (row === undefined) return null;
    if (column === undefined) return row;
    if (column in row) return row[column];
    throw new Error(`D1_COLUMN_NOTFOUND: ${column}`);
  }

  async run<T>(): Promise<D1Result<T>> {
    return count(this.#meter, await this.inner.run<T>());
  }

  async all<T>(): Promise<D1Result<T>> {
    return count(this.#meter, await this.inner.all<T>());
  }

  raw<T = unknown[]>(options: { columnNames: true }): Promise<[string[], ...T[]]>;
  raw<T = unknown[]>(options?: { columnNames?: false }): Promise<T[]>;
  /** D1 does not say how many rows this read. */
  raw<T>(options?: { columnNames?: boolean }): Promise<T[] | [string[], ...T[]]> {
    this.#meter.add('d1Queries');
    return options?.columnNames ? this.inner.raw<T>({ columnNames: true }) : this.inner.raw<T>();
  }
}

function unwrap(statement: D1PreparedStatement): D1PreparedStatement {
  return statement instanceof MeteredStatement ? statement.inner : statement;
}

function countAll<T>(meter: OperationMeter, results: D1Result<T>[]): D1Result<T>[] {
  for (const result of results) count(meter, result);
  return results;
}

function count<T>(meter: OperationMeter, result: D1Result<T>): D1Result<T> {
  meter.add('d1Queries');
  meter.add('d1RowsRead', result.meta.rows_read);
  meter.add('d1RowsWritten', result.meta.rows_written);
  return result;
}
