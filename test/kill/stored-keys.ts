import type { DatabaseSync } from 'node:sqlite';
import type { StoppedState } from '#test/kill/kill-kind';

/** Keys of all objects in R2. */
export function objectKeys(state: StoppedState): ReadonlySet<string> {
  return new Set(state.changeBucket((database) => keysOf(database, 'SELECT key FROM _mf_objects')));
}

/** The column `key` of a query of D1. */
export function rowKeys(state: StoppedState, sql: string): readonly string[] {
  return state.change((database) => keysOf(database, sql));
}

/** Throws when the query of D1 names no object, or one that is not there; answers how many it names. */
export function requireObjects(state: StoppedState, sql: string, objects: ReadonlySet<string>): number {
  const live = rowKeys(state, sql);
  const lost = live.filter((key) => !objects.has(key));
  if (live.length === 0 || lost.length > 0) throw new Error(`${lost.length} of ${live.length} live objects are lost`);
  return live.length;
}

function keysOf(database: DatabaseSync, sql: string): readonly string[] {
  return database
    .prepare(sql)
    .all()
    .map(({ key }) => String(key));
}
