import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { journalKeyOf } from '#adapters/r2/keys';

export interface ObjectCount {
  readonly objects: number;
  /** Keys of R2 objects that neither a blob row nor an intent accounts for. */
  readonly orphans: readonly string[];
  /** Objects that a crash left and an intent remembers. */
  readonly remembered: number;
}

/** Compares R2 with D1 in the files of a server that does not run. */
export function countObjects(stateDirectory: string): ObjectCount {
  const keys = new Set<string>();
  const blobKeys = new Set<string>();
  const intents: string[] = [];
  for (const file of sqliteFiles(stateDirectory)) {
    readDatabase(file, (select) => {
      for (const key of select('_mf_objects', 'key')) keys.add(key);
      for (const key of select('blobs', 'object_key')) blobKeys.add(key);
      intents.push(...select('object_intents', 'prefix'));
    });
  }
  // A journal entry stands and falls with the object it describes.
  const rowKeys = new Set([...blobKeys].flatMap((key) => [key, journalKeyOf(key)]));
  const prefixes = intents.flatMap((prefix) => [prefix, journalKeyOf(prefix)]);
  const withoutRow = [...keys].filter((key) => !rowKeys.has(key));
  const orphans = withoutRow.filter((key) => !prefixes.some((prefix) => key.startsWith(prefix)));
  return { objects: keys.size, orphans, remembered: withoutRow.length - orphans.length };
}

function sqliteFiles(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => join(directory, name));
}

/** Reads a copy, so that looking at the state (its write-ahead log included) does not change it. */
function readDatabase(file: string, read: (select: (table: string, column: string) => string[]) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-inspection-'));
  const copy = join(directory, 'copy.sqlite');
  copyFileSync(file, copy);
  if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
  const database = new DatabaseSync(copy);
  try {
    const tables = new Set(column(database, "SELECT name AS value FROM sqlite_master WHERE type = 'table'"));
    read((table, name) => (tables.has(table) ? column(database, `SELECT "${name}" AS value FROM "${table}"`) : []));
  } finally {
    database.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function column(database: DatabaseSync, query: string): string[] {
  return database
    .prepare(query)
    .all()
    .map(({ value }) => String(value));
}
