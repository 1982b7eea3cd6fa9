import type { OffsetPage } from '#core/pagination';
import type { Schedule } from '#domain/schedules/schedule';

/** Rows of schedules. */
export interface ScheduleStore {
  /** In the order of their ids. */
  list(page: OffsetPage): Promise<{ readonly items: readonly Schedule[]; readonly total: number }>;
}
