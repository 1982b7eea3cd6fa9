import type { Progress } from '#domain/jobs/progress';
import type { Task } from '#domain/jobs/task';

/** A message to look at a task. */
export interface WakeUp {
  readonly taskId: number;
  /** The revision of a slice that hands its task on; undefined in all other cases. */
  readonly revision?: number | undefined;
}

/** What becomes of a task whose slice failed. */
export interface SliceFailure {
  readonly task: Pick<Task, 'id' | 'revision' | 'failures'>;
  /** Public words. */
  readonly message: string;
  readonly log: string;
  /** When it is tried again; undefined when it is not, and the task has failed. */
  readonly retryAtMs: number | undefined;
  readonly nowMs: number;
}

/** Tasks as whoever runs them sees them. */
export interface TaskStore {
  /**
   * Takes a task for a slice: one that is due and not paused, or is handed on. Undefined when it is not to be had: it has
   * ended, somebody else runs it, its turn or time has not come. A task that went quiet comes with one more failure.
   */
  claim(wakeUp: WakeUp, nowMs: number): Promise<Task | undefined>;
  /** Commits a slice that has no other effect. */
  save(progress: Progress): Promise<void>;
  fail(failure: SliceFailure): Promise<void>;
  /** The task of its lane that may run now; undefined when none waits. */
  nextInLane(lane: string, nowMs: number): Promise<number | undefined>;
  /** Tasks that are due and not paused, the longest first. */
  due(nowMs: number, limit: number): Promise<readonly number[]>;
}
