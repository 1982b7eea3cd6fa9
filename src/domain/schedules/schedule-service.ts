import type { ScheduleStore } from '#domain/schedules/schedule-store';

/** What is to be done again and when. */
export class ScheduleService {
  readonly #schedules: ScheduleStore;

  constructor(deps: { readonly schedules: ScheduleStore }) {
    this.#schedules = deps.schedules;
  }

  list(...query: Parameters<ScheduleStore['list']>): ReturnType<ScheduleStore['list']> {
    return this.#schedules.list(...query);
  }
}
