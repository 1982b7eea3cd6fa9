import type { Clock } from '#core/clock';
import type { Progress } from '#domain/jobs/progress';
import type { Task } from '#domain/jobs/task';

/** What a slice of a task is run with. */
export class JobSlice {
  readonly task: Task;
  readonly #clock: Clock;
  readonly #save: (progress: Progress) => Promise<void>;
  readonly #lines: string[] = [];
  #committed: Progress | undefined;

  constructor(deps: {
    readonly task: Task;
    readonly clock: Clock;
    readonly save: (progress: Progress) => Promise<void>;
  }) {
    this.task = deps.task;
    this.#clock = deps.clock;
    this.#save = deps.save;
  }

  /** Adds a line to the task's log; it is there once the slice has committed. */
  log(line: string): void {
    this.#lines.push(`${new Date(this.#clock.nowMs()).toISOString()} ${line}\n`);
  }

  /** What to commit when there is more to do, from `cursor` on. */
  next(cursor: Readonly<Record<string, unknown>>, results = this.task.results): Progress {
    return this.#progress(cursor, results);
  }

  /** What to commit when the task is done. */
  done(results = this.task.results): Progress {
    return this.#progress(undefined, results);
  }

  /** Commits a slice that has no effect of its own in the database. */
  async save(progress: Progress): Promise<void> {
    await this.#save(progress);
  }

  /** What the handler has made to be committed; undefined when it forgot. */
  get outcome(): Progress | undefined {
    return this.#committed;
  }

  /** The log of a slice that failed, so that its lines are not lost. */
  get lines(): string {
    return this.#lines.join('');
  }

  #progress(cursor: Progress['cursor'], results: Progress['results']): Progress {
    const { id: taskId, revision } = this.task;
    const nowMs = this.#clock.nowMs();
    this.#committed = { taskId, revision, cursor, results, log: this.lines, nowMs };
    return this.#committed;
  }
}
