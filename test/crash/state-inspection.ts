import type { DatabaseSync } from 'node:sqlite';
import { journalKeyOf } from '#adapters/r2/keys';
import { readCopy, sqliteFiles, tablesOf } from '#test/support/suites/state-files';

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
    readCopy(file, (database) => {
      for (const key of column(database, '_mf_objects', 'key')) keys.add(key);
      for (const key of column(database, 'blobs', 'object_key')) blobKeys.add(key);
      intents.push(...column(database, 'object_intents', 'prefix'));
    });
  }
  // A journal entry stands and falls with the object it describes.
  const rowKeys = new Set([...blobKeys].flatMap((key) => [key, journalKeyOf(key)]));
  const prefixes = intents.flatMap((prefix) => [prefix, journalKeyOf(prefix)]);
  const withoutRow = [...keys].filter((key) => !rowKeys.has(key));
  const orphans = withoutRow.filter((key) => !prefixes.some((prefix) => key.startsWith(prefix)));
  return { objects: keys.size, orphans, remembered: withoutRow.length - orphans.length };
}

/** Rows of artifacts, and what they need. */
const REFERENCED = `SELECT object_key AS value FROM blobs WHERE id IN (
  SELECT manifest_blob_id FROM artifacts UNION SELECT blob_id FROM artifact_blobs)`;

/** Keys of all objects that hold content, and of those that artifacts refer to, in order. Reads the files of any server. */
export function compareStorage(stateDirectory: string): {
  readonly objects: readonly string[];
  readonly referenced: readonly string[];
} {
  const objects: string[] = [];
  const referenced: string[] = [];
  for (const file of sqliteFiles(stateDirectory)) {
    readCopy(file, (database) => {
      objects.push(...column(database, '_mf_objects', 'key').filter((key) => key.startsWith('blobs/')));
      if (!tablesOf(database).has('artifacts')) return;
      referenced.push(
        ...database
          .prepare(REFERENCED)
          .all()
          .map(({ value }) => String(value)),
      );
    });
  }
  return { objects: objects.sort(), referenced: referenced.sort() };
}

/** Nothing of a file that has no such table. */
function column(database: DatabaseSync, table: string, name: string): readonly string[] {
  if (!tablesOf(database).has(table)) return [];
  const rows = database.prepare(`SELECT "${name}" AS value FROM "${table}"`).all();
  return rows.map(({ value }) => String(value));
}
