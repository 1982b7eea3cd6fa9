import { parentPort, workerData } from 'node:worker_threads';
import { searchInMemory } from '#test/support/gc-model/in-memory';
import { PLANTED_BUGS, plant } from '#test/support/gc-model/planted-bugs';

/** What a thread is to search: with a bug, by its number, only until it is noticed. */
export interface SearchTask {
  readonly histories: number;
  readonly seed: number;
  readonly bug?: number;
}

const { histories, seed, bug } = workerData as SearchTask;
const planted = bug === undefined ? undefined : PLANTED_BUGS[bug];
const search = await searchInMemory({
  histories,
  seed,
  isShrinking: planted === undefined,
  ...(planted && { rewrite: plant(planted) }),
});
parentPort?.postMessage(search);
