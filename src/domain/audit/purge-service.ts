import type { Clock } from '#core/clock';
import type { OffsetPage } from '#core/pagination';
import type { Actor, AuditEntry } from '#domain/audit/audit';
import type { PurgeParameters } from '#domain/audit/purge';
import { newMutation } from '#domain/events/mutation';
import type { Execution } from '#domain/jobs/execution';
import type { JobService } from '#domain/jobs/job-service';
import { newLaunch } from '#domain/jobs/launch';
import type { Schedule, Times } from '#domain/schedules/schedule';
import type { ScheduleService } from '#domain/schedules/schedule-service';

/** There is one audit log. */
const LOG = { vendorType: 'PURGE_AUDIT_LOG', vendorId: 0 } as const;
const PURGES = { vendorTypes: [LOG.vendorType], vendorId: LOG.vendorId } as const;

/** Which of the purges. */
export type PurgeFilter = Omit<Parameters<JobService['list']>[0], keyof typeof PURGES>;

export interface PurgeServiceDeps {
  readonly jobs: JobService;
  readonly schedules: ScheduleService;
  readonly clock: Clock;
}

/** Purges of the audit log: when they run, and how they went. Running them is `purge-job.ts`. */
export class PurgeService {
  readonly #deps: PurgeServiceDeps;

  constructor(deps: PurgeServiceDeps) {
    this.#deps = deps;
  }

  /** Begins one now; answers its id. */
  start(parameters: PurgeParameters, actor: Actor): Promise<number> {
    const mutation = newMutation(entry('create', 'purge the audit log'), actor, this.#deps.clock);
    const operator = actor.username;
    const { nowMs } = mutation;
    const run = { ...LOG, trigger: 'MANUAL', operator, parameters: { ...parameters }, mutation, nowMs } as const;
    return this.#deps.jobs.launch(newLaunch(run));
  }

  /** Sets when they run from now on. BAD_REQUEST for a cron that is none. */
  async schedule(times: Times, parameters: PurgeParameters, actor: Actor): Promise<void> {
    const audit = entry('update', `purge the audit log by schedule: ${times.cronType}`);
    const request = { ...LOG, times, parameters: { ...parameters }, isNew: false, audit };
    await this.#deps.schedules.set(request, actor);
  }

  async unschedule(actor: Actor): Promise<void> {
    const audit = entry('delete', 'purge the audit log by schedule no more');
    await this.#deps.schedules.remove(LOG.vendorType, LOG.vendorId, audit, actor);
  }

  findSchedule(): Promise<Schedule | undefined> {
    return this.#deps.schedules.find(LOG.vendorType, LOG.vendorId);
  }

  list(filter: PurgeFilter, page: OffsetPage): ReturnType<JobService['list']> {
    return this.#deps.jobs.list({ ...filter, ...PURGES }, page);
  }

  /** NOT_FOUND when there is no such purge. */
  get(id: number): Promise<Execution> {
    return this.#deps.jobs.get(id, PURGES);
  }

  /** Nothing more is deleted; what has been stays deleted. */
  async stop(id: number, actor: Actor): Promise<void> {
    await this.#deps.jobs.stop(await this.get(id), entry('stop', `stop purge ${id} of the audit log`), actor);
  }

  /** The task that has the log of a purge. */
  async taskOf(id: number): Promise<number> {
    return (await this.#deps.jobs.getFirstTask((await this.get(id)).id)).id;
  }
}

function entry(operation: string, description: string): AuditEntry {
  return { projectId: undefined, operation, resourceType: 'purge-audit', resource: 'audit log', description };
}
