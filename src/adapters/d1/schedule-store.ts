import { conditions } from '#adapters/d1/conditions';
import { listPage } from '#adapters/d1/page';
import type { OffsetPage } from '#core/pagination';
import type { VendorType } from '#domain/jobs/vendor-type';
import type { Schedule } from '#domain/schedules/schedule';
import type { ScheduleStore } from '#domain/schedules/schedule-store';

interface ScheduleRow {
  readonly id: number;
  readonly vendor_type: VendorType;
  readonly vendor_id: number;
  readonly cron: string;
  readonly updated_at_ms: number;
}

const SELECT = 'select id, vendor_type, vendor_id, cron, updated_at_ms from schedules';

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
}

function toSchedule(row: ScheduleRow): Schedule {
  return {
    id: row.id,
    vendorType: row.vendor_type,
    vendorId: row.vendor_id,
    cron: row.cron,
    updatedAtMs: row.updated_at_ms,
  };
}
