import type { JobSlice } from '#domain/jobs/job-slice';

/**
 * Does one kind of work, a slice at a time. A slice takes a few seconds at most, holds a bounded part of the work in memory,
 * and ends with one commit of `slice.next(…)` or `slice.done(…)`: in the batch of its effect, or by `slice.save(…)` where it
 * has none in the database. It may be cut off anywhere and begins again from the cursor; effects outside the batch must bear
 * that. A throw is a failure of the slice: the job is tried again as `JOB_CATALOGUE` says, and then ends in `Error`.
 */
export interface JobHandler {
  runSlice(slice: JobSlice): Promise<void>;
}

/** A failure whose words the task's message and log may repeat, and which no retry mends. */
export class JobFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JobFailure';
  }
}
