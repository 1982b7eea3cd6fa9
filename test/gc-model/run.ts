import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { modelDocument } from '#test/gc-model/document';
import type { SearchTask } from '#test/gc-model/search-thread';
import type { Search } from '#test/support/gc-model/in-memory';
import { PLANTED_BUGS } from '#test/support/gc-model/planted-bugs';

const DOCUMENT = resolve(import.meta.dirname, '../../docs/gc-model.md');
/** Histories of one task of a thread. */
const PORTION = 250;

/** Searches random histories for one that loses something, and checks that planted bugs are noticed. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      histories: { type: 'string', default: '10000' },
      'bug-histories': { type: 'string', default: '5000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      write: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed);
  const histories = Number(values.histories);
  console.log(`# ${histories} histories, seed ${seed}`);
  const begunAtMs = performance.now();
  const portions = Array.from({ length: Math.ceil(histories / PORTION) }, (_, at) => ({
    histories: Math.min(PORTION, histories - at * PORTION),
    seed: seed + at,
  }));
  const searches = await inThreads(portions, ({ failure, histories: count }, { seed: at }) =>
    console.log(`${clockOf(begunAtMs)} seed ${at}: ${failure ?? `${count} histories, all well`}`),
  );
  const seconds = (performance.now() - begunAtMs) / 1000;
  const bugHistories = Number(values['bug-histories']);
  const bugTasks = bugHistories > 0 ? PLANTED_BUGS.map((_, bug) => ({ histories: bugHistories, seed, bug })) : [];
  const bugs = await inThreads(bugTasks, ({ failure, histories: count }, { bug }) =>
    console.log(`${failure ? 'noticed' : 'MISSED'} after ${count}: ${PLANTED_BUGS[bug ?? 0]?.name}`),
  );
  const document = modelDocument({ searches, bugs, seconds, seed });
  console.log(document);
  if (values.write) writeFileSync(DOCUMENT, document);
  const failed = searches.filter(({ failure }) => failure).length + bugs.filter(({ failure }) => !failure).length;
  console.log(`${searches.length + bugs.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

/** Minutes and seconds since then. */
function clockOf(sinceMs: number): string {
  const seconds = Math.round((performance.now() - sinceMs) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** As many tasks at once as there are cores; the answers are in the order of the tasks. */
async function inThreads(
  tasks: readonly SearchTask[],
  tell: (search: Search, task: SearchTask) => unknown,
): Promise<readonly Search[]> {
  const searches: Search[] = [];
  const waiting = [...tasks.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, task] = next;
      const search = await inThread(task);
      searches[at] = search;
      tell(search, task);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return searches;
}

function inThread(task: SearchTask): Promise<Search> {
  return new Promise((resolve_, reject) => {
    const worker = new Worker(join(import.meta.dirname, 'search-thread.ts'), { workerData: task });
    worker.once('message', resolve_);
    worker.once('error', reject);
  });
}

await main();
