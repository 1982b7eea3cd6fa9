import { fileWithTable, readCopy } from '#test/support/suites/state-files';

/** A task as its row tells. */
export interface TaskState {
  readonly id: number;
  readonly vendorType: string;
  readonly jobId: string;
  readonly status: string;
  readonly statusMessage: string;
  /** Slices and changes of the status so far. */
  readonly revision: number;
  /** JSON; null before the first slice and after the last. */
  readonly cursor: string | null;
  readonly results: Readonly<Record<string, unknown>>;
  readonly executionId: number;
  readonly executionStatus: string;
  /** Of the execution: tasks in all, and those that succeeded. */
  readonly taskCount: number;
  readonly successCount: number;
}

const SELECT = `
  SELECT t.id, t.vendor_type AS vendorType, t.job_id AS jobId, t.status, t.status_message AS statusMessage, t.revision,
    t.cursor, t.results, t.execution_id AS executionId, e.status AS executionStatus, e.task_count AS taskCount,
    e.success_count AS successCount
  FROM tasks t JOIN executions e ON e.id = t.execution_id WHERE t.id > ? ORDER BY t.id`;

/** Tasks with ids above one, in the files of a server that does not run. */
export function readTaskStates(stateDirectory: string, aboveId: number): readonly TaskState[] {
  const rows = readCopy(fileWithTable(stateDirectory, 'tasks'), (database) => database.prepare(SELECT).all(aboveId));
  return rows.map((row) => ({ ...row, results: JSON.parse(String(row['results'])) }) as unknown as TaskState);
}

/** Throws unless every task, and its run with it, has ended in Success. */
export function requireSuccess(tasks: readonly TaskState[]): void {
  if (tasks.length === 0) throw new Error('there is no task');
  for (const { id, status, statusMessage, executionStatus, taskCount, successCount } of tasks) {
    if (status === 'Success' && executionStatus === 'Success' && taskCount === successCount) continue;
    const counts = `${successCount} of ${taskCount} tasks succeeded`;
    throw new Error(`task ${id} is ${status} (${statusMessage}), its run ${executionStatus}: ${counts}`);
  }
}
