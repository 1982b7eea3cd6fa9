import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The SQLite files in the state of an embedded server: D1, R2 and Durable Objects. */
export function sqliteFiles(stateDirectory: string): readonly string[] {
  return readdirSync(stateDirectory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => join(stateDirectory, name));
}

/** The file with a table: `tasks` is of D1, `_mf_objects` of R2. Throws when there is none. */
export function fileWithTable(stateDirectory: string, table: string): string {
  for (const file of sqliteFiles(stateDirectory)) {
    if (readCopy(file, (database) => tablesOf(database).has(table))) return file;
  }
  throw new Error(`the state has no table ${table}`);
}

export function tablesOf(database: DatabaseSync): ReadonlySet<string> {
  const rows = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  return new Set(rows.map(({ name }) => String(name)));
}

/** Reads a copy, so that looking at the state (its write-ahead log included) does not change it. */
export function readCopy<T>(file: string, read: (database: DatabaseSync) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-inspection-'));
  const copy = join(directory, 'copy.sqlite');
  copyFileSync(file, copy);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
  const database = new DatabaseSync(copy);
  try {
    return read(database);
  } finally {
    database.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Changes a file of a server that does not run. */
export function changeFile<T>(file: string, change: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file);
  try {
    return change(database);
  } finally {
    database.close();
  }
}
