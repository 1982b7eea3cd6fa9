import type { Clock } from '#core/clock';
import { nextCronTimeMs } from '#core/cron';
import { AppError } from '#core/errors';
import type { Actor, AuditEntry } from '#domain/audit/audit';
import { newMutation } from '#domain/events/mutation';
import type { VendorType } from '#domain/jobs/vendor-type';
import { cronOf, type Schedule, type Times } from '#domain/schedules/schedule';
import type { ScheduleStore } from '#domain/schedules/schedule-store';

/** Schedules that are read at once. When so many have fired, a tick reads no more; others follow with the next. */
const PAGE = 50;
/** Pages that a tick reads at most, when there is hardly one that can begin. */
const MAX_PAGES = 10;

/** Begins the work of a schedule, once a launch key. */
export type ScheduledLaunch = (schedule: Schedule, launchKey: string) => Promise<unknown>;

export interface ScheduleServiceDeps {
  readonly schedules: ScheduleStore;
  /** How the work of each kind begins. */
  readonly launches: Readonly<Partial<Record<VendorType, ScheduledLaunch>>>;
  readonly clock: Clock;
  readonly report: (error: unknown, schedule: Schedule) => void;
}

/** What a schedule is to be. */
export interface ScheduleRequest {
  readonly vendorType: VendorType;
  readonly vendorId: number;
  readonly times: Times;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** CONFLICT when there is one already. */
  readonly isNew: boolean;
  readonly audit: AuditEntry;
}

/** What is to be done again and when. */
export class ScheduleService {
  readonly #deps: ScheduleServiceDeps;

  constructor(deps: ScheduleServiceDeps) {
    this.#deps = deps;
  }

  list(...query: Parameters<ScheduleStore['list']>): ReturnType<ScheduleStore['list']> {
    return this.#deps.schedules.list(...query);
  }

  find(vendorType: VendorType, vendorId: number): Promise<Schedule | undefined> {
    return this.#deps.schedules.find(vendorType, vendorId);
  }

  /** Sets when some work is done; it is due first at the next of its times. BAD_REQUEST for a cron that is none. */
  async set(request: ScheduleRequest, actor: Actor): Promise<number> {
    const { vendorType, vendorId, times, parameters, isNew, audit } = request;
    const mutation = newMutation(audit, actor, this.#deps.clock);
    const cron = cronOf(times, mutation.nowMs);
    const dueAtMs = nextDue(cron, mutation.nowMs);
    const operator = actor.username;
    const schedule = { vendorType, vendorId, cronType: times.cronType, cron, parameters, operator, dueAtMs };
    return this.#deps.schedules.put(schedule, isNew, mutation);
  }

  async remove(vendorType: VendorType, vendorId: number, audit: AuditEntry, actor: Actor): Promise<void> {
    await this.#deps.schedules.remove(vendorType, vendorId, newMutation(audit, actor, this.#deps.clock));
  }

  /**
   * Begins what is due, once a time: the launch key says which, and the schedule moves on afterwards. A tick that runs late
   * fires once, however many times have passed. One whose launch fails stays as it is, as its key goes by when it was due, and
   * holds up no other: those behind it are read too. A part of the tick.
   */
  async fireDue(): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    let after: Schedule | undefined;
    for (let fired = 0, page = 0; fired < PAGE && page < MAX_PAGES; page++) {
      const due = await this.#deps.schedules.due(nowMs, after, PAGE);
      for (const schedule of due) {
        if (await this.#fire(schedule, nowMs)) fired++;
      }
      if (due.length < PAGE) return;
      after = due.at(-1);
    }
  }

  /** Answers whether it has begun; otherwise the next tick tries again. */
  async #fire(schedule: Schedule, nowMs: number): Promise<boolean> {
    const { schedules, launches, report } = this.#deps;
    try {
      await launches[schedule.vendorType]?.(schedule, `schedule:${schedule.id}:${schedule.dueAtMs}`);
      await schedules.advance(schedule, nextDue(schedule.cron, nowMs));
      return true;
    } catch (error) {
      report(error, schedule);
      return false;
    }
  }
}

function nextDue(cron: string, nowMs: number): number {
  const dueAtMs = nextCronTimeMs(cron, nowMs);
  if (dueAtMs === undefined) throw new AppError('BAD_REQUEST', { message: `the cron ${cron} never comes` });
  return dueAtMs;
}
