import { z } from 'zod';
import { type PurgePlan, parsePurgeParameters, planPurge } from '#domain/audit/purge';
import type { PurgeCandidate, PurgeStore } from '#domain/audit/purge-store';
import type { JobHandler } from '#domain/jobs/job-handler';
import type { JobSlice } from '#domain/jobs/job-slice';

/** Entries of one slice: 2,000 are about 12,000 rows written, with those of indexes. */
const SLICE_ENTRIES = 2_000;

/** The last entry that was looked at, of which operation; without one, the operation is done. */
const cursorSchema = z.object({ operation: z.string(), last: z.object({ atMs: z.int(), id: z.int() }).optional() });
type Cursor = z.infer<typeof cursorSchema>;

const resultsSchema = z.object({ purged: z.int().default(0), kept: z.int().default(0) });

/** Deletes old entries of the audit log, operation by operation and the oldest first. */
export class PurgeJob implements JobHandler {
  readonly #store: PurgeStore;

  constructor(deps: { readonly store: PurgeStore }) {
    this.#store = deps.store;
  }

  async runSlice(slice: JobSlice): Promise<void> {
    const parameters = parsePurgeParameters(slice.task.parameters);
    const plan = planPurge(parameters, slice.task.createdAtMs);
    const cursor = slice.task.cursor && cursorSchema.parse(slice.task.cursor);
    if (!cursor) logBeginning(slice, plan, parameters.dry_run);
    const window = windowAt(plan, cursor);
    if (!window) return slice.save(this.#done(slice, resultsSchema.parse(slice.task.results), parameters.dry_run));
    const found = await this.#store.read({ ...window, beforeMs: plan.beforeMs, limit: SLICE_ENTRIES });
    const old = found.filter(({ resourceType }) => window.resourceTypes.includes(resourceType));
    const purged = old.filter(({ isAwaited }) => !isAwaited);
    const results = sum(slice.task.results, purged.length, old.length - purged.length);
    const progress = slice.next(nextCursor(window.operation, found), results);
    if (parameters.dry_run || purged.length === 0) return slice.save(progress);
    await this.#store.delete(
      purged.map(({ id }) => id),
      progress,
    );
  }

  /** In Harbor's words, for those who read logs of either. */
  #done(slice: JobSlice, results: z.infer<typeof resultsSchema>, isDryRun: boolean) {
    const mark = isDryRun ? '[DRYRUN]' : '';
    slice.log(`${mark}Purged ${results.purged} rows of audit logs`);
    if (results.kept > 0) slice.log(`${mark}Kept ${results.kept} rows that are still to be forwarded`);
    return slice.done(results);
  }
}

function logBeginning(slice: JobSlice, { operations }: PurgePlan, isDryRun: boolean): void {
  const types = operations.flatMap(({ operation, resourceTypes }) =>
    resourceTypes.map((type) => `${operation}_${type}`),
  );
  const hours = slice.task.parameters['audit_retention_hour'];
  slice.log('Purge audit job start');
  slice.log(
    `Purge operation parameter, retention_hour:${hours}, include_event_types:[${types.join(' ')}], dry_run:${isDryRun}`,
  );
  if (operations.length === 0) slice.log('No operation selected, nothing to purge');
}

/** What a slice goes through; undefined when nothing is left. */
function windowAt({ operations }: PurgePlan, cursor: Cursor | undefined) {
  const current = operations.find(
    ({ operation }) => !cursor || operation > cursor.operation || (operation === cursor.operation && cursor.last),
  );
  return current && { ...current, after: current.operation === cursor?.operation ? cursor.last : undefined };
}

/** A window that is not full is the last of its operation. */
function nextCursor(operation: string, found: readonly PurgeCandidate[]): Cursor {
  const last = found.at(-1);
  if (!last || found.length < SLICE_ENTRIES) return { operation };
  return { operation, last: { atMs: last.atMs, id: last.id } };
}

function sum(before: Readonly<Record<string, unknown>>, purged: number, kept: number) {
  const { purged: purgedBefore, kept: keptBefore } = resultsSchema.parse(before);
  return { purged: purgedBefore + purged, kept: keptBefore + kept };
}
