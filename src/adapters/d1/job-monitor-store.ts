import { runBatch, withRetries } from '#adapters/d1/batch';
import { mutationStatements } from '#adapters/d1/mutation';
import { MAX_COUNTED } from '#adapters/d1/page';
import { stopStatements } from '#adapters/d1/task-endings';
import { TASK_COLUMNS, type TaskRow, toTask } from '#adapters/d1/task-rows';
import type { Mutation } from '#domain/events/mutation';
import type { JobMonitorStore, OpenTasks, QueueState } from '#domain/jobs/job-monitor-store';
import type { JobType } from '#domain/jobs/job-type';
import type { Task } from '#domain/jobs/task';
import { VENDOR_TYPES } from '#domain/jobs/vendor-type';

interface QueueRow {
  readonly job_type: JobType;
  readonly waiting: number;
  readonly since_ms: number | null;
  readonly is_paused: number;
}

const waiting = (status: string) => `t.vendor_type = v.value and t.status = '${status}' and t.due_at_ms is not null`;
const oldest = (status: string) => `select min(t.id) as id from tasks t where ${waiting(status)}`;
const counted = (status: string) =>
  `(select count(*) from (select 1 from tasks t where ${waiting(status)} limit ${MAX_COUNTED}))`;
const isPaused = (jobType: string) => `exists (select 1 from paused_queues q where q.vendor_type = ${jobType})`;

/** `?1` the kinds of work. */
const TASK_QUEUES = `
  select v.value as job_type, min(${counted('Pending')} + ${counted('Scheduled')}, ${MAX_COUNTED}) as waiting,
    (select t.created_at_ms from tasks t where t.id = (
      select min(o.id) from (${oldest('Pending')} union all ${oldest('Scheduled')}) o)) as since_ms,
    ${isPaused('v.value')} as is_paused
  from json_each(?1) v order by v.key`;

/** `?1` now. */
const SCHEDULER_QUEUE = `
  select 'SCHEDULER' as job_type, count(*) as waiting, min(due_at_ms) as since_ms, ${isPaused("'SCHEDULER'")} as is_paused
  from (select s.due_at_ms from schedules s where s.due_at_ms <= ?1 order by s.due_at_ms limit ${MAX_COUNTED})`;

export class D1JobMonitorStore implements JobMonitorStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async queues(nowMs: number): Promise<readonly QueueState[]> {
    const results = await runBatch(this.#db, [
      this.#db.prepare(TASK_QUEUES).bind(JSON.stringify(VENDOR_TYPES)),
      this.#db.prepare(SCHEDULER_QUEUE).bind(nowMs),
    ]);
    return results.flatMap((result) => (result.results as QueueRow[]).map(toQueueState));
  }

  async running(limit: number): Promise<readonly Task[]> {
    const query = this.#db
      .prepare(
        `select ${TASK_COLUMNS} from tasks t where t.id in (
           select o.id from json_each(?1) v cross join tasks o
             on o.vendor_type = v.value and o.status = 'Running' and o.due_at_ms is not null limit ?2)
         order by t.id`,
      )
      .bind(JSON.stringify(VENDOR_TYPES), limit);
    return (await withRetries(() => query.all<TaskRow>())).results.map(toTask);
  }

  async isPaused(jobType: JobType): Promise<boolean> {
    const query = this.#db.prepare('select 1 as found from paused_queues where vendor_type = ?').bind(jobType);
    return (await withRetries(() => query.first())) !== null;
  }

  async pause(jobTypes: readonly JobType[], mutation: Mutation): Promise<void> {
    const insert = `insert into paused_queues (vendor_type, paused_at_ms) select v.value, ?2 from json_each(?1) v where true
      on conflict do nothing`;
    const pause = this.#db.prepare(insert).bind(JSON.stringify(jobTypes), mutation.nowMs);
    await runBatch(this.#db, [...mutationStatements(this.#db, mutation), pause]);
  }

  async resume(jobTypes: readonly JobType[], mutation: Mutation): Promise<void> {
    const remove = this.#db.prepare('delete from paused_queues where vendor_type in (select value from json_each(?))');
    await runBatch(this.#db, [...mutationStatements(this.#db, mutation), remove.bind(JSON.stringify(jobTypes))]);
  }

  async lastTaskId(): Promise<number> {
    const query = this.#db.prepare('select coalesce(max(id), 0) as id from tasks');
    return (await withRetries(() => query.first<number>('id'))) ?? 0;
  }

  async openTaskIds({ vendorType, status, afterId, untilId }: OpenTasks, limit: number): Promise<readonly number[]> {
    const query = this.#db
      .prepare(
        `select t.id from tasks t where t.vendor_type = ? and t.status = ? and t.due_at_ms is not null
           and t.id > ? and t.id <= ? order by t.id limit ?`,
      )
      .bind(vendorType, status, afterId, untilId, limit);
    return (await withRetries(() => query.all<{ id: number }>())).results.map(({ id }) => id);
  }

  async stop(taskIds: readonly number[], status: OpenTasks['status'], line: string, nowMs: number): Promise<void> {
    const stand = `t.id in (select value from json_each(?1)) and t.status = '${status}'`;
    await runBatch(
      this.#db,
      stopStatements(this.#db, { condition: stand, value: JSON.stringify(taskIds) }, line, nowMs),
    );
  }

  async record(mutation: Mutation): Promise<void> {
    await runBatch(this.#db, mutationStatements(this.#db, mutation));
  }
}

function toQueueState(row: QueueRow): QueueState {
  return {
    jobType: row.job_type,
    waitingCount: row.waiting,
    waitingSinceMs: row.since_ms ?? undefined,
    isPaused: row.is_paused === 1,
  };
}
