import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { withoutChance } from '#test/support/gc-model/chance';
import { type History, history } from '#test/support/gc-model/commands';
import { MemoryBucket } from '#test/support/gc-model/memory-bucket';
import { ModelRun } from '#test/support/gc-model/model-run';
import { type Rewrite, SqliteDatabase } from '#test/support/gc-model/sqlite-database';

const MIGRATIONS = resolve(import.meta.dirname, '../../../migrations');

/** What a search has come to. */
export interface Search {
  readonly histories: number;
  readonly calls: number;
  readonly done: Readonly<Record<string, number>>;
  /** The smallest history that goes wrong, and how; undefined when none did. */
  readonly failure: string | undefined;
}

export interface SearchOptions {
  readonly histories: number;
  readonly seed: number;
  /** A bug, planted into the statements. */
  readonly rewrite?: Rewrite | undefined;
  /** Whether the smallest failure is looked for, and not just any. */
  readonly isShrinking?: boolean;
}

/** Runs random histories over SQLite and a bucket in memory, and looks for the smallest that goes wrong. */
export async function searchInMemory({ histories, seed, rewrite, isShrinking = true }: SearchOptions): Promise<Search> {
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql'));
  const database = new SqliteDatabase(files.sort().map((name) => readFileSync(join(MIGRATIONS, name), 'utf8')));
  const bucket = new MemoryBucket();
  const storage = { db: database.asD1(), bucket: bucket.asR2(), isWatched: true };
  const done: Record<string, number> = {};
  let [count, calls] = [0, 0];
  const property = fc.asyncProperty(history, async (each: History) => {
    database.begin(rewrite);
    bucket.clear();
    try {
      const outcome = await withoutChance(() => new ModelRun(storage, each).run());
      count++;
      calls += outcome.calls;
      for (const [name, times] of outcome.done) done[name] = (done[name] ?? 0) + times;
      if (outcome.problems.length > 0) throw new Error(outcome.problems.join('\n'));
    } finally {
      database.undo();
    }
  });
  const result = await fc.check(property, { numRuns: histories, seed, endOnFailure: !isShrinking });
  return {
    histories: count,
    calls,
    done,
    failure: result.failed
      ? `${fc.defaultReportMessage(result)}\n${String((result.errorInstance as Error).stack)}`
      : undefined,
  };
}
