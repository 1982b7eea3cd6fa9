import type { JobStatus } from '#domain/jobs/job-status';

/** Tasks by a condition about `t` and the value `?1`. */
export interface TaskChoice {
  readonly condition: string;
  readonly value: number | string;
}

/** Adds a line to the log of each. */
export function logLineStatement(
  db: D1Database,
  { condition, value }: TaskChoice,
  line: string,
  nowMs: number,
): D1PreparedStatement {
  const insert = `
    insert into task_logs (task_id, position, text, at_ms)
    select t.id, (select coalesce(max(l.position), 0) + 1 from task_logs l where l.task_id = t.id), ?2, ?3
    from tasks t where ${condition}`;
  return db.prepare(insert).bind(value, line, nowMs);
}

export interface TaskEnding {
  readonly status: Extract<JobStatus, 'Stopped' | 'Error'>;
  /** Undefined leaves the one there is. */
  readonly message?: string;
  readonly nowMs: number;
}

/** Ends each, which must not have ended; a slice under way then cannot commit, and the next of its lane has its turn. */
export function endStatement(
  db: D1Database,
  { condition, value }: TaskChoice,
  { status, message, nowMs }: TaskEnding,
): D1PreparedStatement {
  const update = `
    update tasks as t set status = ?2, status_message = coalesce(?3, status_message), due_at_ms = null, ended_at_ms = ?4,
      updated_at_ms = ?4
    where ${condition}`;
  return db.prepare(update).bind(value, status, message ?? null, nowMs);
}

/** Stops those that have not ended, and says so in the logs of those that had begun. */
export function stopStatements(
  db: D1Database,
  { condition, value }: TaskChoice,
  line: string,
  nowMs: number,
): D1PreparedStatement[] {
  const open = `${condition} and t.due_at_ms is not null`;
  return [
    logLineStatement(db, { condition: `${open} and t.status <> 'Pending'`, value }, line, nowMs),
    endStatement(db, { condition: open, value }, { status: 'Stopped', nowMs }),
  ];
}
