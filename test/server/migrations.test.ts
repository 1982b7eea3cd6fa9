import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { applyMigrations, type MigratableDatabase } from '#scripts/embedded/migrations';

/** As much of D1 as migrations use: a batch is one transaction. */
class LocalDatabase implements MigratableDatabase<string> {
  readonly sqlite = new DatabaseSync(':memory:');

  prepare(query: string): string {
    return query;
  }

  async batch<Row>(queries: string[]) {
    this.sqlite.exec('BEGIN');
    try {
      const results = queries.map((query) => ({ results: rowsOf<Row>(this.sqlite.prepare(query)) }));
      this.sqlite.exec('COMMIT');
      return results;
    } catch (error) {
      this.sqlite.exec('ROLLBACK');
      throw error;
    }
  }

  tables(): readonly unknown[] {
    return this.sqlite
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
      .all()
      .map((row) => row['name']);
  }
}

function rowsOf<Row>(statement: StatementSync): readonly Row[] {
  return statement.all() as Row[];
}

const first = { name: '0000_first.sql', statements: ['CREATE TABLE a (x)', 'INSERT INTO a VALUES (1)'] };
const second = { name: "0001_it's.sql", statements: ['CREATE TABLE b (x)'] };
const broken = { name: '0002_broken.sql', statements: ['CREATE TABLE c (x)', 'INSERT INTO nowhere VALUES (1)'] };

describe('migrations of the embedded server', () => {
  it('are applied in order and recorded as wrangler records them', async () => {
    const db = new LocalDatabase();
    expect(await applyMigrations(db, [first, second])).toEqual([first.name, second.name]);
    const rows = db.sqlite.prepare('SELECT id, name, applied_at IS NOT NULL AS dated FROM d1_migrations').all();
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { id: 1, name: first.name, dated: 1 },
      { id: 2, name: second.name, dated: 1 },
    ]);
  });

  it('are applied once', async () => {
    const db = new LocalDatabase();
    await applyMigrations(db, [first]);
    expect(await applyMigrations(db, [first, second])).toEqual([second.name]);
    expect(await applyMigrations(db, [first, second])).toEqual([]);
    expect(db.sqlite.prepare('SELECT count(*) AS n FROM a').get()?.['n']).toBe(1);
  });

  it('leave nothing of a file that fails, keep those before it, and try it again at the next start', async () => {
    const db = new LocalDatabase();
    await expect(applyMigrations(db, [first, broken])).rejects.toThrow('no such table: nowhere');
    expect(db.tables()).toEqual(['a', 'd1_migrations']);
    const mended = { ...broken, statements: ['CREATE TABLE c (x)'] };
    expect(await applyMigrations(db, [first, mended])).toEqual([broken.name]);
  });
});
