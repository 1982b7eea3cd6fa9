import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { withoutChance } from '#test/support/gc-model/chance';
import { type History, history } from '#test/support/gc-model/commands';
import { MemoryBucket } from '#test/support/gc-model/memory-bucket';
import { ModelRun } from '#test/support/gc-model/model-run';
import { smallest } from '#test/support/gc-model/smallest';
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
  const run = async (each: History) => {
    database.begin(rewrite);
    bucket.clear();
    try {
      return await withoutChance(() => new ModelRun(storage, each).run());
    } finally {
      database.undo();
    }
  };
  const property = fc.asyncProperty(history, async (each) => {
    const outcome = await run(each);
    count++;
    calls += outcome.calls;
    for (const [name, times] of outcome.done) done[name] = (done[name] ?? 0) + times;
    return outcome.problems.length === 0;
  });
  const { counterexample } = await fc.check(property, { numRuns: histories, seed, endOnFailure: true });
  return { histories: count, calls, done, failure: counterexample ? await failureOf(counterexample[0]) : undefined };

  async function failureOf(failed: History): Promise<string> {
    const fails = async (each: History) => (await run(each)).problems.length > 0;
    const shown = isShrinking ? await smallest(failed, fails) : failed;
    return `${(await run(shown)).problems.join('\n')}\n${JSON.stringify(shown)}`;
  }
}
