import type { JobStatus } from '#domain/jobs/job-status';
import type { Task } from '#domain/jobs/task';
import type { VendorType } from '#domain/jobs/vendor-type';

export interface TaskRow {
  readonly id: number;
  readonly execution_id: number;
  readonly vendor_type: VendorType;
  readonly vendor_id: number;
  readonly job_id: string;
  readonly lane: string | null;
  readonly status: JobStatus;
  readonly status_message: string;
  readonly revision: number;
  /** JSON. */
  readonly parameters: string;
  readonly cursor: string | null;
  readonly results: string;
  readonly failures: number;
  readonly created_at_ms: number;
  readonly started_at_ms: number | null;
  readonly updated_at_ms: number;
  readonly ended_at_ms: number | null;
}

/** The columns of a task, of the alias `t`. */
export const TASK_COLUMNS = `t.id, t.execution_id, t.vendor_type,
  (select e.vendor_id from executions e where e.id = t.execution_id) as vendor_id, t.job_id, t.lane, t.status, t.status_message,
  t.revision, t.parameters, t.cursor, t.results, t.failures, t.created_at_ms, t.started_at_ms, t.updated_at_ms, t.ended_at_ms`;

export function toTask(row: TaskRow): Task {
  return {
    id: row.id,
    executionId: row.execution_id,
    vendorType: row.vendor_type,
    vendorId: row.vendor_id,
    jobId: row.job_id,
    lane: row.lane ?? undefined,
    status: row.status,
    statusMessage: row.status_message,
    revision: row.revision,
    parameters: JSON.parse(row.parameters) as Task['parameters'],
    cursor: row.cursor === null ? undefined : (JSON.parse(row.cursor) as Task['parameters']),
    results: JSON.parse(row.results) as Task['results'],
    failures: row.failures,
    createdAtMs: row.created_at_ms,
    startedAtMs: row.started_at_ms ?? undefined,
    updatedAtMs: row.updated_at_ms,
    endedAtMs: row.ended_at_ms ?? undefined,
  };
}
