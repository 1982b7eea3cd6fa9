import { env } from 'cloudflare:workers';
import type { Env } from '#src/env';

/** Frames above a store's `prepare`: proxies of the tests, the metering, and the store's own functions. */
const STACK_DEPTH = 12;
const OF_STORE = /src\/adapters\/d1\//;

/** Every distinct text that a store has prepared in this isolate; true once it has been taken. */
const texts = new Map<string, boolean>();

const prototype = Object.getPrototypeOf((env as unknown as Env).DB) as D1Database & { isWatched?: true };

/** From here on, whatever a store prepares is remembered: over any binding, wrapped or not. */
export function watchStores(): void {
  if (prototype.isWatched) return;
  prototype.isWatched = true;
  const { prepare } = prototype;
  prototype.prepare = function watched(this: D1Database, sql: string) {
    if (!texts.has(sql) && isFromStore()) texts.set(sql, false);
    return prepare.call(this, sql);
  };
}

/** What stores have prepared since this was called last, each text once in the life of the isolate. */
export function takeStatements(): readonly string[] {
  const fresh = [...texts].flatMap(([sql, isTaken]) => (isTaken ? [] : [sql]));
  for (const sql of fresh) texts.set(sql, true);
  return fresh;
}

/** Tests prepare statements of their own, which may scan what they like. */
function isFromStore(): boolean {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = STACK_DEPTH;
  const { stack } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return OF_STORE.test(stack ?? '');
}
