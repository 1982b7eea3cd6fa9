import type { Clock } from '#core/clock';
import type { OffsetPage } from '#core/pagination';
import type { Actor, AuditEntry } from '#domain/audit/audit';
import { newMutation } from '#domain/events/mutation';
import { gcParametersRecord, parseGcParameters } from '#domain/gc/gc-parameters';
import type { Execution } from '#domain/jobs/execution';
import type { JobService } from '#domain/jobs/job-service';
import { newLaunch } from '#domain/jobs/launch';
import type { Schedule, Times } from '#domain/schedules/schedule';
import type { ScheduleService } from '#domain/schedules/schedule-service';

const VENDOR_TYPE = 'GARBAGE_COLLECTION';
/** There is one garbage collection. */
const VENDOR_ID = 0;
const OF_GC = { vendorTypes: [VENDOR_TYPE], vendorId: VENDOR_ID } as const;

/** Which runs a list is of. */
type RunFilter = Omit<Parameters<JobService['list']>[0], 'vendorTypes' | 'vendorId'>;

export interface GcServiceDeps {
  readonly jobs: JobService;
  readonly schedules: ScheduleService;
  readonly clock: Clock;
}

/** Runs of garbage collection and their schedule. */
export class GcService {
  readonly #deps: GcServiceDeps;

  constructor(deps: GcServiceDeps) {
    this.#deps = deps;
  }

  /** Begins a run, and answers its id; BAD_REQUEST for parameters that are none. It waits for one that is under way. */
  start(given: Readonly<Record<string, unknown>>, actor: Actor): Promise<number> {
    const parameters = gcParametersRecord(parseGcParameters(given));
    const mutation = newMutation(entry('create', 'start garbage collection'), actor, this.#deps.clock);
    const { nowMs } = mutation;
    const run = { vendorType: VENDOR_TYPE, vendorId: VENDOR_ID, trigger: 'MANUAL', operator: actor.username } as const;
    return this.#deps.jobs.launch(newLaunch({ ...run, parameters, mutation, nowMs }));
  }

  /** Sets when it runs, in place of the times before; answers the schedule's id. BAD_REQUEST for what is no cron. */
  schedule(times: Times, given: Readonly<Record<string, unknown>>, actor: Actor): Promise<number> {
    const parameters = gcParametersRecord(parseGcParameters(given));
    const audit = entry('update', `schedule garbage collection: ${times.cronType} ${times.cron}`.trimEnd());
    const request = { vendorType: VENDOR_TYPE, vendorId: VENDOR_ID, times, parameters, isNew: false, audit } as const;
    return this.#deps.schedules.set(request, actor);
  }

  /** It runs no more by itself. */
  unschedule(actor: Actor): Promise<void> {
    return this.#deps.schedules.remove(VENDOR_TYPE, VENDOR_ID, entry('delete', 'unschedule garbage collection'), actor);
  }

  findSchedule(): Promise<Schedule | undefined> {
    return this.#deps.schedules.find(VENDOR_TYPE, VENDOR_ID);
  }

  list(filter: RunFilter, page: OffsetPage): ReturnType<JobService['list']> {
    return this.#deps.jobs.list({ ...filter, ...OF_GC }, page);
  }

  /** NOT_FOUND when there was no such run, or it is long ago. */
  get(id: number): Promise<Execution> {
    return this.#deps.jobs.get(id, OF_GC);
  }

  /** The id of the task that does the run, and has its log. */
  async taskOf(id: number): Promise<number> {
    const { id: executionId } = await this.get(id);
    return (await this.#deps.jobs.getFirstTask(executionId)).id;
  }

  /** What the run has deleted stays deleted; what it has begun is ended by the next. */
  async stop(id: number, actor: Actor): Promise<void> {
    await this.#deps.jobs.stop(await this.get(id), entry('stop', `stop garbage collection: ${id}`), actor);
  }
}

function entry(operation: string, description: string): AuditEntry {
  return {
    projectId: undefined,
    operation,
    resourceType: 'garbage-collection',
    resource: 'garbage-collection',
    description,
  };
}
