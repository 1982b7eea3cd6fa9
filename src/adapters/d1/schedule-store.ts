import { runBatch, withRetries } from '#adapters/d1/batch';
import { conditions } from '#adapters/d1/conditions';
import { runGuarded } from '#adapters/d1/guarded-batch';
import { guard } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { listPage } from '#adapters/d1/page';
import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import type { VendorType } from '#domain/jobs/vendor-type';
import type { CronType, Schedule } from '#domain/schedules/schedule';
import type { NewSchedule, ScheduleStore } from '#domain/schedules/schedule-store';

interface ScheduleRow {
  readonly id: number;
  readonly vendor_type: VendorType;
  readonly vendor_id: number;
  readonly cron_type: CronType;
  readonly cron: string;
  /** JSON. */
  readonly parameters: string;
  readonly operator: string;
  readonly due_at_ms: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

const SELECT = `select id, vendor_type, vendor_id, cron_type, cron, parameters, operator, due_at_ms, created_at_ms,
  updated_at_ms from schedules`;

const ARE_PAUSED = `exists (select 1 from paused_queues where vendor_type = 'SCHEDULER')`;

export class D1ScheduleStore implements ScheduleStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async list(page: OffsetPage) {
    const order = { column: 'id', isDescending: false, tieBreaker: 'id' };
    const query = { select: SELECT, where: conditions([]), order, page };
    const { rows, total } = await listPage<ScheduleRow>(this.#db, query);
    return { items: rows.map(toSchedule), total };
  }

  async find(vendorType: VendorType, vendorId: number): Promise<Schedule | undefined> {
    const query = this.#db.prepare(`${SELECT} where vendor_type = ? and vendor_id = ?`).bind(vendorType, vendorId);
    const row = await withRetries(() => query.first<ScheduleRow>());
    return row ? toSchedule(row) : undefined;
  }

  async put(schedule: NewSchedule, isNew: boolean, mutation: Mutation): Promise<number> {
    const statements = [
      ...mutationStatements(this.#db, mutation),
      ...putStatements(this.#db, schedule, isNew, mutation),
    ];
    await runGuarded(this.#db, statements, {
      SCHEDULE_TAKEN: ['CONFLICT', 'the schedule is there already, please update it instead'],
    });
    const put = await this.find(schedule.vendorType, schedule.vendorId);
    return put?.id ?? 0;
  }

  async remove(vendorType: VendorType, vendorId: number, mutation: Mutation): Promise<void> {
    const remove = this.#db.prepare('delete from schedules where vendor_type = ? and vendor_id = ?');
    await runBatch(this.#db, [...mutationStatements(this.#db, mutation), remove.bind(vendorType, vendorId)]);
  }

  async due(nowMs: number, after: Pick<Schedule, 'id' | 'dueAtMs'> | undefined, limit: number) {
    const query = this.#db
      .prepare(
        `${SELECT} where due_at_ms <= ? and (due_at_ms, id) > (?, ?) and not ${ARE_PAUSED} order by due_at_ms, id limit ?`,
      )
      .bind(nowMs, after?.dueAtMs ?? 0, after?.id ?? 0, limit);
    const { results } = await withRetries(() => query.all<ScheduleRow>());
    return results.map(toSchedule);
  }

  async advance({ id, dueAtMs }: Pick<Schedule, 'id' | 'dueAtMs'>, nextDueAtMs: number): Promise<void> {
    const update = this.#db.prepare('update schedules set due_at_ms = ?3 where id = ?1 and due_at_ms = ?2');
    await withRetries(() => update.bind(id, dueAtMs, nextDueAtMs).run());
  }
}

/** Makes it, or replaces the one there is. */
function putStatements(
  db: D1Database,
  schedule: NewSchedule,
  isNew: boolean,
  { nowMs }: Pick<Mutation, 'nowMs'>,
): D1PreparedStatement[] {
  const { vendorType, vendorId, cronType, cron, parameters, operator, dueAtMs } = schedule;
  const isFree = 'not exists (select 1 from schedules where vendor_type = ? and vendor_id = ?)';
  const put = `
    insert into schedules (vendor_type, vendor_id, cron_type, cron, parameters, operator, due_at_ms, created_at_ms, updated_at_ms)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)
    on conflict (vendor_type, vendor_id) do update set cron_type = excluded.cron_type, cron = excluded.cron,
      parameters = excluded.parameters, operator = excluded.operator, due_at_ms = excluded.due_at_ms,
      updated_at_ms = excluded.updated_at_ms`;
  return [
    ...(isNew ? [guard(db, 'SCHEDULE_TAKEN', isFree, vendorType, vendorId)] : []),
    db.prepare(put).bind(vendorType, vendorId, cronType, cron, JSON.stringify(parameters), operator, dueAtMs, nowMs),
  ];
}

function toSchedule(row: ScheduleRow): Schedule {
  return {
    id: row.id,
    vendorType: row.vendor_type,
    vendorId: row.vendor_id,
    cronType: row.cron_type,
    cron: row.cron,
    parameters: JSON.parse(row.parameters) as Schedule['parameters'],
    operator: row.operator,
    dueAtMs: row.due_at_ms,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
