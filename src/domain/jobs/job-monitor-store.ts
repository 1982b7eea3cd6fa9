import type { Mutation } from '#domain/events/mutation';
import type { JobStatus } from '#domain/jobs/job-status';
import type { JobType } from '#domain/jobs/job-type';
import type { Task } from '#domain/jobs/task';
import type { VendorType } from '#domain/jobs/vendor-type';

/** What waits of one type of work; of SCHEDULER the schedules that are due. */
export interface QueueState {
  readonly jobType: JobType;
  /** 10,000 stands for more, too. */
  readonly waitingCount: number;
  /** When the one that waits longest came, or was due; undefined when none waits. */
  readonly waitingSinceMs: number | undefined;
  readonly isPaused: boolean;
}

/** Tasks of one kind that stand alike, those with ids from after one to another. */
export interface OpenTasks {
  readonly vendorType: VendorType;
  readonly status: Exclude<JobStatus, 'Success' | 'Error' | 'Stopped'>;
  readonly afterId: number;
  readonly untilId: number;
}

/** The work there is, by its kind. */
export interface JobMonitorStore {
  /** All types, in their order. */
  queues(nowMs: number): Promise<readonly QueueState[]>;
  /** Tasks that run, the first ones. */
  running(limit: number): Promise<readonly Task[]>;
  isPaused(jobType: JobType): Promise<boolean>;
  /** May be repeated. */
  pause(jobTypes: readonly JobType[], mutation: Mutation): Promise<void>;
  /** May be repeated. */
  resume(jobTypes: readonly JobType[], mutation: Mutation): Promise<void>;
  /** The greatest id of a task so far; 0 when there is none. */
  lastTaskId(): Promise<number>;
  /** Ids in their order. */
  openTaskIds(tasks: OpenTasks, limit: number): Promise<readonly number[]>;
  /** Ends those of the tasks that still stand so. */
  stop(taskIds: readonly number[], status: OpenTasks['status'], line: string, nowMs: number): Promise<void>;
  /** Writes down a deed that takes more than one batch, before the first. */
  record(mutation: Mutation): Promise<void>;
}
