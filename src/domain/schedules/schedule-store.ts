import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import type { VendorType } from '#domain/jobs/vendor-type';
import type { Schedule } from '#domain/schedules/schedule';

export type NewSchedule = Omit<Schedule, 'id' | 'createdAtMs' | 'updatedAtMs'>;

/** Rows of schedules. */
export interface ScheduleStore {
  /** In the order of their ids. */
  list(page: OffsetPage): Promise<{ readonly items: readonly Schedule[]; readonly total: number }>;
  find(vendorType: VendorType, vendorId: number): Promise<Schedule | undefined>;
  /** Makes it, or replaces the one there is; with `isNew`, CONFLICT when there is one. Answers its id. */
  put(schedule: NewSchedule, isNew: boolean, mutation: Mutation): Promise<number>;
  /** May be repeated. */
  remove(vendorType: VendorType, vendorId: number, mutation: Mutation): Promise<void>;
  /** Those whose time has come, the longest due first, from behind `after` on; none while schedules are paused. */
  due(nowMs: number, after: Pick<Schedule, 'id' | 'dueAtMs'> | undefined, limit: number): Promise<readonly Schedule[]>;
  /** Moves one on to its next time, unless that has been done. */
  advance(schedule: Pick<Schedule, 'id' | 'dueAtMs'>, nextDueAtMs: number): Promise<void>;
}
