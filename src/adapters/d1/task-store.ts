import { runBatch, withRetries } from '#adapters/d1/batch';
import { guardSlice, logStatements, progressStatements } from '#adapters/d1/task-progress';
import { TASK_COLUMNS, type TaskRow, toTask } from '#adapters/d1/task-rows';
import { LEASE_MS } from '#domain/jobs/lease';
import type { Progress } from '#domain/jobs/progress';
import type { Task } from '#domain/jobs/task';
import type { SliceFailure, TaskStore, WakeUp } from '#domain/jobs/task-store';

const IS_PAUSED = 'exists (select 1 from paused_queues q where q.vendor_type = t.vendor_type)';

/** `?1` task, `?2` now, `?3` the end of the lease, `?4` the revision that hands it on, or null. */
const CLAIM = `
  update tasks as t set status = 'Running', revision = revision + 1, due_at_ms = ?3, updated_at_ms = ?2,
    started_at_ms = coalesce(started_at_ms, ?2), failures = failures + (status = 'Running' and revision is not ?4)
  where t.id = ?1 and t.due_at_ms is not null and (t.due_at_ms <= ?2 or (t.status = 'Running' and t.revision = ?4))
    and (t.status = 'Running' or not ${IS_PAUSED})`;

export class D1TaskStore implements TaskStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async claim({ taskId, revision }: WakeUp, nowMs: number): Promise<Task | undefined> {
    const claim = this.#db.prepare(CLAIM).bind(taskId, nowMs, nowMs + LEASE_MS, revision ?? null);
    const select = this.#db.prepare(`select ${TASK_COLUMNS} from tasks t where t.id = ?`).bind(taskId);
    // Not tried again: a claim whose answer was lost would find the task taken, by itself.
    const [claimed, found] = await this.#db.batch<TaskRow>([claim, select]);
    const row = found?.results[0];
    return row && (claimed?.meta.changes ?? 0) > 0 ? toTask(row) : undefined;
  }

  async save(progress: Progress): Promise<void> {
    await runBatch(this.#db, progressStatements(this.#db, progress));
  }

  async fail({ task, message, log, retryAtMs, nowMs }: SliceFailure): Promise<void> {
    const { id, revision, failures } = task;
    const status = retryAtMs === undefined ? 'Error' : 'Scheduled';
    const update = `update tasks set status = ?3, status_message = ?4, failures = ?5, due_at_ms = ?6, updated_at_ms = ?7,
        ended_at_ms = ?8
      where id = ?1 and revision = ?2`;
    const endedAtMs = retryAtMs === undefined ? nowMs : null;
    await runBatch(this.#db, [
      guardSlice(this.#db, { taskId: id, revision }),
      ...logStatements(this.#db, id, log, nowMs),
      this.#db.prepare(update).bind(id, revision, status, message, failures, retryAtMs ?? null, nowMs, endedAtMs),
    ]);
  }

  async nextInLane(lane: string, nowMs: number): Promise<number | undefined> {
    const query = this.#db.prepare(
      `select t.id, t.due_at_ms from tasks t where t.lane = ? and t.due_at_ms is not null order by t.id limit 1`,
    );
    const row = await withRetries(() => query.bind(lane).first<{ id: number; due_at_ms: number }>());
    return row && row.due_at_ms <= nowMs ? row.id : undefined;
  }

  async due(nowMs: number, limit: number): Promise<readonly number[]> {
    const query = this.#db.prepare(
      `select t.id from tasks t where t.due_at_ms <= ? and (t.status = 'Running' or not ${IS_PAUSED})
       order by t.due_at_ms limit ?`,
    );
    const { results } = await withRetries(() => query.bind(nowMs, limit).all<{ id: number }>());
    return results.map(({ id }) => id);
  }
}
