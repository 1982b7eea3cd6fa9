import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { OffsetPage } from '#core/pagination';
import type { Actor, AuditEntry } from '#domain/audit/audit';
import { newMutation } from '#domain/events/mutation';
import type { Execution } from '#domain/jobs/execution';
import type { ExecutionFilter, ExecutionStore, TaskFilter } from '#domain/jobs/execution-store';
import type { JobQueue } from '#domain/jobs/job-queue';
import type { Launch } from '#domain/jobs/launch';
import type { Task } from '#domain/jobs/task';
import type { VendorType } from '#domain/jobs/vendor-type';

/** Pieces of a log read at once, 64,000 characters each at most. */
const LOG_PAGE = 16;

/** How long a log can be read, in milliseconds. */
const LOG_RETENTION_MS = 14 * 24 * 60 * 60_000;
/** Pieces of logs forgotten by one tick; more follow with the next. */
const FORGOTTEN_AT_ONCE = 2_000;

export interface JobServiceDeps {
  readonly executions: ExecutionStore;
  readonly queue: JobQueue;
  readonly background: Background;
  readonly clock: Clock;
}

/** Whose execution one asks for; one of another kind or policy is not found. */
export interface Whose {
  readonly vendorTypes: readonly VendorType[];
  readonly vendorId: number;
}

/** Runs of work that happens later: beginning, watching and stopping them. Running them is `job-runner.ts`. */
export class JobService {
  readonly #deps: JobServiceDeps;

  constructor(deps: JobServiceDeps) {
    this.#deps = deps;
  }

  /** Begins a run, once a launch key; answers its id. */
  async launch(launch: Launch): Promise<number> {
    const { executionId, taskIds } = await this.#deps.executions.launch(launch);
    this.wake(taskIds);
    return executionId;
  }

  /** Has tasks looked at soon; those of launches that other stores committed. The tick makes up for what is lost. */
  wake(taskIds: readonly number[]): void {
    const wakeUps = taskIds.map((taskId) => ({ taskId }));
    if (wakeUps.length > 0) this.#deps.background(this.#deps.queue.send(wakeUps).catch(() => undefined));
  }

  list(filter: ExecutionFilter, page: OffsetPage): ReturnType<ExecutionStore['list']> {
    return this.#deps.executions.list(filter, page);
  }

  /** NOT_FOUND when there is none, or it is of something else. */
  async get(id: number, { vendorTypes, vendorId }: Whose): Promise<Execution> {
    const execution = await this.#deps.executions.find(id);
    if (execution && vendorTypes.includes(execution.vendorType) && execution.vendorId === vendorId) return execution;
    throw new AppError('NOT_FOUND', { message: `execution ${id} not found` });
  }

  listTasks(executionId: number, filter: TaskFilter, page: OffsetPage): ReturnType<ExecutionStore['listTasks']> {
    return this.#deps.executions.listTasks(executionId, filter, page);
  }

  /** NOT_FOUND when the execution has no such task. */
  async getTask(executionId: number, taskId: number): Promise<Task> {
    const task = await this.#deps.executions.findTask(taskId);
    if (task?.executionId === executionId) return task;
    throw new AppError('NOT_FOUND', { message: `task ${taskId} not found` });
  }

  /** The task of a job's id, as the dashboard names it; NOT_FOUND when there is none. */
  async getTaskOfJob(jobId: string): Promise<Task> {
    const task = await this.#deps.executions.findTaskOfJob(jobId);
    if (!task) throw new AppError('NOT_FOUND', { message: `job ${jobId} not found` });
    return task;
  }

  /** The first task of an execution; most have but one. NOT_FOUND when it has none. */
  async getFirstTask(executionId: number): Promise<Task> {
    const { items } = await this.#deps.executions.listTasks(executionId, {}, { limit: 1, offset: 0 });
    if (!items[0]) throw new AppError('NOT_FOUND', { message: `execution ${executionId} has no task` });
    return items[0];
  }

  /** What a task has said so far, read as it is asked for. */
  async *readLog(taskId: number): AsyncGenerator<string> {
    let after = 0;
    for (;;) {
      const pieces = await this.#deps.executions.readLog(taskId, after, LOG_PAGE);
      for (const { text } of pieces) yield text;
      const last = pieces.at(-1);
      if (!last || pieces.length < LOG_PAGE) return;
      after = last.position;
    }
  }

  /** Ends what of a run has not ended; what it is doing right now has no effect any more. */
  async stop(execution: Execution, audit: AuditEntry, actor: Actor): Promise<void> {
    const mutation = newMutation(audit, actor, this.#deps.clock);
    await this.#deps.executions.stop(execution.id, this.#stopLine(actor), mutation);
  }

  async stopTask(task: Task, audit: AuditEntry, actor: Actor): Promise<void> {
    const mutation = newMutation(audit, actor, this.#deps.clock);
    await this.#deps.executions.stopTask(task.id, this.#stopLine(actor), mutation);
  }

  /** A part of the tick. */
  async forgetOldLogs(): Promise<void> {
    await this.#deps.executions.forgetLogsBefore(this.#deps.clock.nowMs() - LOG_RETENTION_MS, FORGOTTEN_AT_ONCE);
  }

  #stopLine({ username }: Actor): string {
    return `${new Date(this.#deps.clock.nowMs()).toISOString()} Stopped by ${username}.\n`;
  }
}
