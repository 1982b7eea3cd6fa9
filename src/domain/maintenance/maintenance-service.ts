import type { Clock } from '#core/clock';
import type { OffsetPage } from '#core/pagination';
import type { Actor, AuditEntry } from '#domain/audit/audit';
import { newMutation } from '#domain/events/mutation';
import type { Execution } from '#domain/jobs/execution';
import type { JobService } from '#domain/jobs/job-service';
import { newLaunch } from '#domain/jobs/launch';
import type { MaintenanceKind } from '#domain/maintenance/maintenance-kind';
import type { Schedule, Times } from '#domain/schedules/schedule';
import type { ScheduleService } from '#domain/schedules/schedule-service';

/** Work of which there is one for the whole registry. */
const VENDOR_ID = 0;

/** Which runs a list is of. */
type RunFilter = Omit<Parameters<JobService['list']>[0], 'vendorTypes' | 'vendorId'>;

export interface MaintenanceServiceDeps {
  readonly kind: MaintenanceKind;
  readonly jobs: JobService;
  readonly schedules: ScheduleService;
  readonly clock: Clock;
}

/** Runs of one kind of maintenance, and its schedule. What runs is a `JobHandler`. */
export class MaintenanceService {
  readonly #deps: MaintenanceServiceDeps;

  constructor(deps: MaintenanceServiceDeps) {
    this.#deps = deps;
  }

  /** Begins a run, and answers its id; BAD_REQUEST for parameters that are none. It waits for one that is under way. */
  start(given: Readonly<Record<string, unknown>>, actor: Actor): Promise<number> {
    const { kind, jobs, clock } = this.#deps;
    const parameters = kind.parse(given);
    const mutation = newMutation(this.#entry('create', `start ${kind.noun}`), actor, clock);
    const { nowMs } = mutation;
    const run = {
      vendorType: kind.vendorType,
      vendorId: VENDOR_ID,
      trigger: 'MANUAL',
      operator: actor.username,
    } as const;
    return jobs.launch(newLaunch({ ...run, parameters, mutation, nowMs }));
  }

  /** Sets when it runs, in place of the times before. BAD_REQUEST for what is no cron. */
  async schedule(times: Times, given: Readonly<Record<string, unknown>>, actor: Actor): Promise<void> {
    const { kind, schedules } = this.#deps;
    const parameters = kind.parse(given);
    const audit = this.#entry('update', `schedule ${kind.noun}: ${times.cronType} ${times.cron}`.trimEnd());
    const { vendorType } = kind;
    await schedules.set({ vendorType, vendorId: VENDOR_ID, times, parameters, isNew: false, audit }, actor);
  }

  /** It runs no more by itself. */
  unschedule(actor: Actor): Promise<void> {
    const { kind, schedules } = this.#deps;
    return schedules.remove(kind.vendorType, VENDOR_ID, this.#entry('delete', `unschedule ${kind.noun}`), actor);
  }

  findSchedule(): Promise<Schedule | undefined> {
    return this.#deps.schedules.find(this.#deps.kind.vendorType, VENDOR_ID);
  }

  list(filter: RunFilter, page: OffsetPage): ReturnType<JobService['list']> {
    return this.#deps.jobs.list({ ...filter, ...this.#whose }, page);
  }

  /** NOT_FOUND when there was no such run, or it is long ago. */
  get(id: number): Promise<Execution> {
    return this.#deps.jobs.get(id, this.#whose);
  }

  /** The id of the task that does the run, and has its log. */
  async taskOf(id: number): Promise<number> {
    const { id: executionId } = await this.get(id);
    return (await this.#deps.jobs.getFirstTask(executionId)).id;
  }

  /** What the run has done stays done. */
  async stop(id: number, actor: Actor): Promise<void> {
    const { jobs, kind } = this.#deps;
    await jobs.stop(await this.get(id), this.#entry('stop', `stop ${kind.noun}: ${id}`), actor);
  }

  get #whose() {
    return { vendorTypes: [this.#deps.kind.vendorType], vendorId: VENDOR_ID };
  }

  #entry(operation: string, description: string): AuditEntry {
    const { resourceType, resource } = this.#deps.kind;
    return { projectId: undefined, operation, resourceType, resource, description };
  }
}
