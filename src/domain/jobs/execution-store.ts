import type { ConditionBy, RangeCondition } from '#core/listing-filter';
import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import type { Execution } from '#domain/jobs/execution';
import type { Launch } from '#domain/jobs/launch';
import type { Task } from '#domain/jobs/task';
import type { VendorType } from '#domain/jobs/vendor-type';

/** Which runs a list is of: those of one policy, or of the one there is of its kind (0). */
export interface ExecutionFilter {
  readonly vendorTypes: readonly VendorType[];
  readonly vendorId: number;
  readonly id?: ConditionBy<'exact' | 'any-of', number> | RangeCondition | undefined;
  readonly status?: ConditionBy<'exact' | 'any-of', string> | undefined;
  readonly trigger?: ConditionBy<'exact' | 'any-of', string> | undefined;
  readonly isAscending?: boolean;
}

export interface TaskFilter {
  readonly status?: ConditionBy<'exact' | 'any-of', string> | undefined;
  readonly isDescending?: boolean;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** A piece of a log and its place in it. */
export interface LogPiece {
  readonly position: number;
  readonly text: string;
}

/** Executions, with the tasks they have. */
export interface ExecutionStore {
  /** Begins a run, once a launch key. Answers the execution, and the tasks that may run at once, 100 at most. */
  launch(launch: Launch): Promise<{ readonly executionId: number; readonly taskIds: readonly number[] }>;
  find(id: number): Promise<Execution | undefined>;
  /** The newest first, unless asked otherwise. */
  list(filter: ExecutionFilter, page: OffsetPage): Promise<Page<Execution>>;
  /** In the order they were made, unless asked otherwise. */
  listTasks(executionId: number, filter: TaskFilter, page: OffsetPage): Promise<Page<Task>>;
  findTask(id: number): Promise<Task | undefined>;
  findTaskOfJob(jobId: string): Promise<Task | undefined>;
  /** The log of a task from a piece on; up to `limit` pieces. */
  readLog(taskId: number, afterPosition: number, limit: number): Promise<readonly LogPiece[]>;
  /** Ends all tasks that have not ended; of what has, nothing. */
  stop(executionId: number, line: string, mutation: Mutation): Promise<void>;
  /** Ends one task, unless it has. */
  stopTask(taskId: number, line: string, mutation: Mutation): Promise<void>;
  /** Forgets pieces of logs older than this, up to `limit`. */
  forgetLogsBefore(atMs: number, limit: number): Promise<void>;
}
