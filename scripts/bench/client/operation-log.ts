import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { noOperations, type OperationCounts, type OperationKind } from '#core/operation-counts';
import type { Roadstead } from '#scripts/bench/peers/roadstead';

/** Longer than the queue's consumer waits for a batch to fill (wrangler.toml, `max_batch_timeout`). */
const SETTLE_MS = 4000;

export interface LoggedOperations {
  readonly requests: number;
  readonly counts: OperationCounts;
}

/** What of a log line matters here; lines that tell of no invocation have no `operations`. */
interface LogLine {
  readonly kind?: string;
  readonly operations?: OperationCounts;
}

/** The operations that the server logs while `work` runs and until its queues have settled. */
export async function countOperations(server: Roadstead, work: () => Promise<unknown>): Promise<LoggedOperations> {
  await sleep(SETTLE_MS);
  const before = readLines(server.logFile).length;
  await work();
  await sleep(SETTLE_MS);
  const lines = readLines(server.logFile).slice(before);
  const requests = lines.filter(({ kind }) => kind === 'request').length;
  if (requests === 0) throw new Error(`${server.logFile} tells of no requests`);
  const counts = noOperations();
  for (const { kind, operations } of lines) {
    if (kind === 'cron') continue; // The tick is billed a minute, not a push.
    for (const [name, count] of Object.entries(operations ?? {})) counts[name as OperationKind] += count;
  }
  return { requests, counts };
}

function readLines(file: string): LogLine[] {
  const text = readFileSync(file, 'utf8');
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as LogLine] : []));
}
