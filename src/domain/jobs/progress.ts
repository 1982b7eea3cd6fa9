/**
 * What commits together with a slice of work: where the task stands then, what it says, and that the slice was still its
 * own. An adapter puts `progressStatements(db, progress)` into the batch of the slice's effect, so that a slice that is run
 * twice, or was stopped meanwhile, changes nothing (the batch fails with TASK_LOST).
 */
export interface Progress {
  readonly taskId: number;
  /** The revision the slice was begun under; the next has the one after it. */
  readonly revision: number;
  /** Where the next slice begins; undefined when there is none. */
  readonly cursor: Readonly<Record<string, unknown>> | undefined;
  /** What the task has brought so far; replaces what was there. */
  readonly results: Readonly<Record<string, unknown>>;
  /** Lines of the log, each with its time. */
  readonly log: string;
  readonly nowMs: number;
}
