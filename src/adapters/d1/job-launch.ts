import { laneBoundStatements } from '#adapters/d1/lane-bound';
import { mutationStatements } from '#adapters/d1/mutation';
import { JOB_CATALOGUE } from '#domain/jobs/job-catalogue';
import type { Launch } from '#domain/jobs/launch';

/** Due when whoever is before it in its lane has ended (the trigger `tasks_next`), which is not known yet. */
export const NEVER_MS = 8_640_000_000_000_000;

/** Ended runs that go with one launch: two, so that too many become fewer, and not all at once. */
const FORGOTTEN_AT_ONCE = 2;

/**
 * Statements that make an execution and its tasks, once a launch key; older executions of its policy than are kept go. A run
 * without tasks is done.
 */
export function launchStatements(db: D1Database, launch: Launch): D1PreparedStatement[] {
  return [
    ...executionStatements(db, launch),
    tasksStatement(db, launch),
    ...laneBoundStatements(db, [launch]),
    ...settledStatements(db, launch),
  ];
}

/** The execution alone, and what goes with it; to be followed by the tasks and {@link settledStatements}. */
function executionStatements(db: D1Database, launch: Launch): D1PreparedStatement[] {
  const { vendorType, vendorId, trigger, operator, launchKey, parameters, nowMs, mutation } = launch;
  const { keptExecutions } = JOB_CATALOGUE[vendorType];
  return [
    ...(mutation ? mutationStatements(db, mutation) : []),
    db
      .prepare(
        `delete from executions where id in (
           select id from executions where vendor_type = ?1 and vendor_id = ?2 and ended_at_ms is not null and id <= (
             select id from executions where vendor_type = ?1 and vendor_id = ?2 order by id desc limit 1 offset ?3)
           order by id limit ${FORGOTTEN_AT_ONCE})`,
      )
      .bind(vendorType, vendorId, keptExecutions - 1),
    db
      .prepare(
        `insert into executions (vendor_type, vendor_id, trigger, operator, launch_key, status, parameters, started_at_ms,
           updated_at_ms)
         values (?1, ?2, ?3, ?4, ?5, 'Running', ?6, ?7, ?7) on conflict do nothing`,
      )
      .bind(vendorType, vendorId, trigger, operator, launchKey, JSON.stringify(parameters), nowMs),
  ];
}

/** `e` is the execution that was just made and has no tasks yet. */
const NEW_EXECUTION = `executions e where e.launch_key = ?1 and e.task_count = 0 and e.ended_at_ms is null`;

/** When a new task of the lane that `lane`, an SQL expression, says may run: at once, or when its turn comes. */
export function firstDueAt(lane: string, nowMs: string): string {
  return `iif(exists (select 1 from tasks t where t.lane = ${lane} and t.due_at_ms is not null), ${NEVER_MS}, ${nowMs})`;
}

function tasksStatement(db: D1Database, { launchKey, tasks, nowMs }: Launch): D1PreparedStatement {
  const rows = tasks.map(({ jobId, lane, parameters }) => ({ jobId, lane, parameters }));
  return db
    .prepare(
      `insert into tasks (execution_id, vendor_type, job_id, lane, status, parameters, results, due_at_ms, created_at_ms,
         updated_at_ms)
       select e.id, e.vendor_type, n.value ->> '$.jobId', n.value ->> '$.lane', 'Pending', n.value -> '$.parameters', '{}',
         iif(n.key > 0 and n.value ->> '$.lane' is not null, ${NEVER_MS}, ${firstDueAt("n.value ->> '$.lane'", '?3')}), ?3, ?3
       from json_each(?2) n cross join ${NEW_EXECUTION}`,
    )
    .bind(launchKey, JSON.stringify(rows), nowMs);
}

/** Ends a run without tasks; answers the execution, and the tasks to wake. */
function settledStatements(db: D1Database, { launchKey, nowMs }: Launch): D1PreparedStatement[] {
  return [
    db
      .prepare(`update executions as e set status = 'Success', ended_at_ms = ?2 where e.launch_key = ?1 and e.task_count = 0
        and e.ended_at_ms is null`)
      .bind(launchKey, nowMs),
    db.prepare('select id from executions where launch_key = ?').bind(launchKey),
    db
      .prepare(
        `select t.id from executions e join tasks t on t.execution_id = e.id
         where e.launch_key = ?1 and t.due_at_ms <= ?2 order by t.id limit 100`,
      )
      .bind(launchKey, nowMs),
  ];
}

/** What {@link settledStatements} answer, as the last of a batch. */
export function launched(results: readonly D1Result[]): {
  readonly executionId: number | undefined;
  readonly taskIds: readonly number[];
} {
  const [executions, tasks] = results
    .slice(-2)
    .map((result) => (result.results as { id: number }[]).map(({ id }) => id));
  return { executionId: executions?.[0], taskIds: tasks ?? [] };
}
