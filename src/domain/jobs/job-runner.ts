import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { JOB_CATALOGUE, retryDelayMs } from '#domain/jobs/job-catalogue';
import { JobFailure, type JobHandler } from '#domain/jobs/job-handler';
import type { JobQueue } from '#domain/jobs/job-queue';
import { JobSlice } from '#domain/jobs/job-slice';
import type { Task } from '#domain/jobs/task';
import { TaskLost } from '#domain/jobs/task-lost';
import type { TaskStore, WakeUp } from '#domain/jobs/task-store';
import type { VendorType } from '#domain/jobs/vendor-type';

/** How long one message keeps its consumer, in milliseconds; what is left goes on with the next. */
const BUDGET_MS = 10_000;
/**
 * Between two slices the database is everybody else's, for as long as the slice took, within these bounds in milliseconds;
 * without that, a server of one thread answers nobody while a job runs.
 */
const PAUSE_MS = { least: 10, most: 500 } as const;
/** Tasks woken by one tick; more follow with the next. */
const WOKEN_AT_ONCE = 100;
const INTERNAL = 'internal error';

export interface JobRunnerDeps {
  readonly tasks: TaskStore;
  readonly queue: JobQueue;
  readonly handlers: Readonly<Partial<Record<VendorType, JobHandler>>>;
  readonly clock: Clock;
  /** Takes what no client may see. */
  readonly report: (error: unknown, task: Task) => void;
}

/** Runs tasks slice by slice, as messages wake them, and sees that each ends once. */
export class JobRunner {
  readonly #deps: JobRunnerDeps;

  constructor(deps: JobRunnerDeps) {
    this.#deps = deps;
  }

  /** Runs the task, and those that wait for it in its lane, for a while. Any message may come twice, or late. */
  async run(wakeUp: WakeUp): Promise<void> {
    const untilMs = this.#deps.clock.nowMs() + BUDGET_MS;
    let next: WakeUp | undefined = wakeUp;
    while (next) {
      const task = await this.#deps.tasks.claim(next, this.#deps.clock.nowMs());
      if (!task) return;
      next = await this.#runTask(task, untilMs);
      if (next && this.#deps.clock.nowMs() >= untilMs) {
        await this.#deps.queue.send([next]);
        return;
      }
    }
  }

  /** Wakes what is due: new tasks whose message was lost, retries, and tasks whose consumer died. A part of the tick. */
  async wakeDue(): Promise<void> {
    const due = await this.#deps.tasks.due(this.#deps.clock.nowMs(), WOKEN_AT_ONCE);
    await this.#deps.queue.send(due.map((taskId) => ({ taskId })));
  }

  /** Ends a task whose messages nobody could act on; nothing when it has ended or is run after all. */
  async giveUp({ taskId, revision }: WakeUp): Promise<void> {
    const task = await this.#deps.tasks.claim({ taskId, revision }, this.#deps.clock.nowMs());
    if (task) await this.#fail(task, 'its messages could not be handled', '', undefined);
  }

  /** Answers what to run after it: the task itself when its time is up, or the next of its lane. */
  async #runTask(claimed: Task, untilMs: number): Promise<WakeUp | undefined> {
    let task = claimed;
    if (task.failures >= JOB_CATALOGUE[task.vendorType].maxFailures) {
      await this.#fail(task, `it went quiet ${task.failures} times in a row`, '', undefined);
      return this.#nextInLane(task);
    }
    for (;;) {
      const startedAtMs = this.#deps.clock.nowMs();
      const outcome = await this.#runSlice(task);
      if (outcome === 'lost') return undefined;
      if (outcome === 'ended') return this.#nextInLane(task);
      task = { ...task, ...outcome, revision: task.revision + 1, failures: 0 };
      const nowMs = this.#deps.clock.nowMs();
      if (nowMs >= untilMs) return { taskId: task.id, revision: task.revision };
      await pause(nowMs - startedAtMs);
    }
  }

  async #runSlice(task: Task): Promise<'lost' | 'ended' | Pick<Task, 'cursor' | 'results'>> {
    const { tasks, clock, handlers } = this.#deps;
    const slice = new JobSlice({ task, clock, save: (progress) => tasks.save(progress) });
    try {
      const handler = handlers[task.vendorType];
      if (!handler) throw new JobFailure(`nothing here does ${task.vendorType}`);
      await handler.runSlice(slice);
      if (!slice.outcome) throw new Error(`${task.vendorType} ended a slice without a commit`);
      const { cursor, results } = slice.outcome;
      return cursor === undefined ? 'ended' : { cursor, results };
    } catch (error) {
      if (error instanceof TaskLost) return 'lost';
      return this.#sliceFailed(task, slice, error);
    }
  }

  async #sliceFailed(task: Task, slice: JobSlice, error: unknown): Promise<'lost' | 'ended'> {
    if (!isExpected(error)) this.#deps.report(error, task);
    const failures = task.failures + 1;
    const delayMs = error instanceof JobFailure ? undefined : retryDelayMs(task.vendorType, failures);
    const message = publicMessage(error);
    const then = delayMs === undefined ? 'giving up' : `trying again in ${Math.round(delayMs / 1000)} s`;
    slice.log(`Failed: ${message}; ${then}.`);
    const ended = await this.#fail({ ...task, failures }, message, slice.lines, delayMs);
    // A moment later than it is due; without the message the tick would be a minute late.
    if (delayMs !== undefined)
      await this.#deps.queue.send([{ taskId: task.id }], delayMs + 1_000).catch(() => undefined);
    return ended;
  }

  async #fail(task: Task, message: string, log: string, delayMs: number | undefined): Promise<'lost' | 'ended'> {
    const nowMs = this.#deps.clock.nowMs();
    const retryAtMs = delayMs === undefined ? undefined : nowMs + delayMs;
    try {
      await this.#deps.tasks.fail({ task, message, log, retryAtMs, nowMs });
    } catch (error) {
      if (error instanceof TaskLost) return 'lost';
      throw error;
    }
    return 'ended';
  }

  async #nextInLane({ lane }: Task): Promise<WakeUp | undefined> {
    if (lane === undefined) return undefined;
    const taskId = await this.#deps.tasks.nextInLane(lane, this.#deps.clock.nowMs());
    return taskId === undefined ? undefined : { taskId };
  }
}

function pause(sliceMs: number): Promise<void> {
  const pauseMs = Math.min(Math.max(sliceMs, PAUSE_MS.least), PAUSE_MS.most);
  return new Promise((resolve) => setTimeout(resolve, pauseMs));
}

/** Words of expected failures are public; of all others only that there was one is. */
function publicMessage(error: unknown): string {
  return isExpected(error) ? error.message : INTERNAL;
}

/** Its words are in the task's log, and nobody else need hear of it. */
function isExpected(error: unknown): error is JobFailure | AppError {
  return error instanceof JobFailure || error instanceof AppError;
}
