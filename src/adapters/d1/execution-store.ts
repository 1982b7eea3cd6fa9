import { runBatch, withRetries } from '#adapters/d1/batch';
import { conditions } from '#adapters/d1/conditions';
import { guard } from '#adapters/d1/guards';
import { launched, launchStatements } from '#adapters/d1/job-launch';
import { mutationStatements } from '#adapters/d1/mutation';
import { listPage } from '#adapters/d1/page';
import { stopStatements } from '#adapters/d1/task-endings';
import { TASK_COLUMNS, type TaskRow, toTask } from '#adapters/d1/task-rows';
import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import type { Execution } from '#domain/jobs/execution';
import type { ExecutionFilter, ExecutionStore, LogPiece, TaskFilter } from '#domain/jobs/execution-store';
import type { JobStatus } from '#domain/jobs/job-status';
import type { Launch, Trigger } from '#domain/jobs/launch';
import type { Task } from '#domain/jobs/task';
import type { VendorType } from '#domain/jobs/vendor-type';

interface ExecutionRow {
  readonly id: number;
  readonly vendor_type: VendorType;
  readonly vendor_id: number;
  readonly trigger: Trigger;
  readonly operator: string;
  readonly status: JobStatus;
  readonly status_message: string;
  /** JSON. */
  readonly parameters: string;
  readonly results: string | null;
  readonly pending_count: number;
  readonly scheduled_count: number;
  readonly running_count: number;
  readonly success_count: number;
  readonly error_count: number;
  readonly stopped_count: number;
  readonly started_at_ms: number;
  readonly updated_at_ms: number;
  readonly ended_at_ms: number | null;
}

const SELECT = `select e.id, e.vendor_type, e.vendor_id, e.trigger, e.operator, e.status, e.status_message, e.parameters,
  (select t.results from tasks t where t.execution_id = e.id order by t.id limit 1) as results, e.pending_count,
  e.scheduled_count, e.running_count, e.success_count, e.error_count, e.stopped_count, e.started_at_ms, e.updated_at_ms,
  e.ended_at_ms from executions e`;

const SELECT_TASK = `select ${TASK_COLUMNS} from tasks t`;

export class D1ExecutionStore implements ExecutionStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async launch(launch: Launch) {
    const { executionId, taskIds } = launched(await runBatch(this.#db, launchStatements(this.#db, launch)));
    if (executionId !== undefined) return { executionId, taskIds };
    // The batch had committed before, and its answer was lost.
    const query = this.#db.prepare('select id from executions where launch_key = ?').bind(launch.launchKey);
    const id = await withRetries(() => query.first<number>('id'));
    if (id === null) throw new Error('an execution is missing after the batch that made it');
    return { executionId: id, taskIds };
  }

  async find(id: number): Promise<Execution | undefined> {
    const query = this.#db.prepare(`${SELECT} where e.id = ?`).bind(id);
    const row = await withRetries(() => query.first<ExecutionRow>());
    return row ? toExecution(row) : undefined;
  }

  async list(filter: ExecutionFilter, page: OffsetPage) {
    const where = conditions(
      ['e.vendor_type in (select value from json_each(?1))', 'e.vendor_id = ?2'],
      [JSON.stringify(filter.vendorTypes), filter.vendorId],
    )
      .matching('e.id', filter.id)
      .matching('e.status', filter.status)
      .matching('e.trigger', filter.trigger);
    const order = { column: 'e.id', isDescending: !filter.isAscending, tieBreaker: 'e.id' };
    const { rows, total } = await listPage<ExecutionRow>(this.#db, { select: SELECT, where, order, page });
    return { items: rows.map(toExecution), total };
  }

  async listTasks(executionId: number, filter: TaskFilter, page: OffsetPage) {
    const where = conditions(['t.execution_id = ?1'], [executionId]).matching('t.status', filter.status);
    const order = { column: 't.id', isDescending: filter.isDescending ?? false, tieBreaker: 't.id' };
    const { rows, total } = await listPage<TaskRow>(this.#db, { select: SELECT_TASK, where, order, page });
    return { items: rows.map(toTask), total };
  }

  findTask(id: number): Promise<Task | undefined> {
    return this.#findTask('t.id = ?', id);
  }

  findTaskOfJob(jobId: string): Promise<Task | undefined> {
    return this.#findTask('t.job_id = ?', jobId);
  }

  async readLog(taskId: number, afterPosition: number, limit: number): Promise<readonly LogPiece[]> {
    const query = this.#db
      .prepare('select position, text from task_logs where task_id = ? and position > ? order by position limit ?')
      .bind(taskId, afterPosition, limit);
    return (await withRetries(() => query.all<LogPiece>())).results;
  }

  async stop(executionId: number, line: string, mutation: Mutation): Promise<void> {
    await runBatch(this.#db, [
      ...mutationStatements(this.#db, mutation),
      guard(this.#db, 'EXECUTION_GONE', 'exists (select 1 from executions where id = ?)', executionId),
      ...stopStatements(this.#db, { condition: 't.execution_id = ?1', value: executionId }, line, mutation.nowMs),
    ]);
  }

  async stopTask(taskId: number, line: string, mutation: Mutation): Promise<void> {
    await runBatch(this.#db, [
      ...mutationStatements(this.#db, mutation),
      ...stopStatements(this.#db, { condition: 't.id = ?1', value: taskId }, line, mutation.nowMs),
    ]);
  }

  async forgetLogsBefore(atMs: number, limit: number): Promise<void> {
    const remove = this.#db.prepare(
      `delete from task_logs where (task_id, position) in (
         select task_id, position from task_logs where at_ms < ? order by at_ms limit ?)`,
    );
    await withRetries(() => remove.bind(atMs, limit).run());
  }

  async #findTask(condition: string, value: unknown): Promise<Task | undefined> {
    const query = this.#db.prepare(`${SELECT_TASK} where ${condition}`).bind(value);
    const row = await withRetries(() => query.first<TaskRow>());
    return row ? toTask(row) : undefined;
  }
}

function toExecution(row: ExecutionRow): Execution {
  return {
    id: row.id,
    vendorType: row.vendor_type,
    vendorId: row.vendor_id,
    trigger: row.trigger,
    operator: row.operator,
    status: row.status,
    statusMessage: row.status_message,
    parameters: JSON.parse(row.parameters) as Execution['parameters'],
    results: JSON.parse(row.results ?? '{}') as Execution['results'],
    taskCounts: {
      pending: row.pending_count,
      scheduled: row.scheduled_count,
      running: row.running_count,
      success: row.success_count,
      error: row.error_count,
      stopped: row.stopped_count,
    },
    startedAtMs: row.started_at_ms,
    updatedAtMs: row.updated_at_ms,
    endedAtMs: row.ended_at_ms ?? undefined,
  };
}
