import { guard } from '#adapters/d1/guards';
import { LEASE_MS } from '#domain/jobs/lease';
import type { Progress } from '#domain/jobs/progress';

/** A log has so many pieces at most, each of so many characters. */
const MAX_PIECES = 500;
const MAX_PIECE_LENGTH = 64_000;
const LOG_FULL = 'The log is full; what follows is not written down.\n';

/**
 * Statements that move a task on, to stand in the batch of a slice's effect: the batch fails with TASK_LOST unless the slice
 * still is the task's own.
 */
export function progressStatements(db: D1Database, progress: Progress): D1PreparedStatement[] {
  const { taskId, revision, cursor, results, log, nowMs } = progress;
  const isDone = cursor === undefined;
  return [
    guardSlice(db, progress),
    ...logStatements(db, taskId, log, nowMs),
    db
      .prepare(
        `update tasks set cursor = ?3, results = ?4, failures = 0, status_message = '', updated_at_ms = ?5, status = ?6,
           due_at_ms = ?7, ended_at_ms = ?8, revision = revision + 1
         where id = ?1 and revision = ?2`,
      )
      .bind(
        taskId,
        revision,
        isDone ? null : JSON.stringify(cursor),
        JSON.stringify(results),
        nowMs,
        isDone ? 'Success' : 'Running',
        isDone ? null : nowMs + LEASE_MS,
        isDone ? nowMs : null,
      ),
  ];
}

/** Aborts the batch with TASK_LOST unless the task runs under the revision. */
export function guardSlice(
  db: D1Database,
  { taskId, revision }: Pick<Progress, 'taskId' | 'revision'>,
): D1PreparedStatement {
  const isOwn = `exists (select 1 from tasks where id = ? and revision = ? and status = 'Running')`;
  return guard(db, 'TASK_LOST', isOwn, taskId, revision);
}

/** Adds a piece to a task's log, unless that is full. */
export function logStatements(db: D1Database, taskId: number, text: string, nowMs: number): D1PreparedStatement[] {
  if (text === '') return [];
  const piece = text.length > MAX_PIECE_LENGTH ? `${text.slice(0, MAX_PIECE_LENGTH)}…\n` : text;
  const insert = `
    insert into task_logs (task_id, position, text, at_ms)
    select ?1, position, iif(position = ${MAX_PIECES}, ?3, ?2), ?4 from (
      select coalesce(max(position), 0) + 1 as position from task_logs where task_id = ?1)
    where position <= ${MAX_PIECES}`;
  return [db.prepare(insert).bind(taskId, piece, LOG_FULL, nowMs)];
}
