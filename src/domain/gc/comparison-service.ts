import { z } from 'zod';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { OffsetPage } from '#core/pagination';
import type { Actor } from '#domain/audit/audit';
import { newMutation } from '#domain/events/mutation';
import type { JobService } from '#domain/jobs/job-service';
import { newLaunch } from '#domain/jobs/launch';
import type { Times } from '#domain/schedules/schedule';
import type { ScheduleService } from '#domain/schedules/schedule-service';

const VENDOR_TYPE = 'STORAGE_COMPARISON';
const VENDOR_ID = 0;
const OF_IT = { vendorTypes: [VENDOR_TYPE], vendorId: VENDOR_ID } as const;

const parametersSchema = z.object({ dry_run: z.boolean().default(false) });

type Given = Readonly<Record<string, unknown>>;

/** Runs of the comparison of storage with the database, and their schedule. */
export class ComparisonService {
  readonly #deps: { readonly jobs: JobService; readonly schedules: ScheduleService; readonly clock: Clock };

  constructor(deps: { readonly jobs: JobService; readonly schedules: ScheduleService; readonly clock: Clock }) {
    this.#deps = deps;
  }

  /** Begins a run, and answers its id. */
  start(given: Given, actor: Actor): Promise<number> {
    const parameters = parse(given);
    const mutation = newMutation(entry('create', 'start'), actor, this.#deps.clock);
    const run = { vendorType: VENDOR_TYPE, vendorId: VENDOR_ID, trigger: 'MANUAL', operator: actor.username } as const;
    return this.#deps.jobs.launch(newLaunch({ ...run, parameters, mutation, nowMs: mutation.nowMs }));
  }

  async schedule(times: Times, given: Given, actor: Actor): Promise<void> {
    const request = {
      vendorType: VENDOR_TYPE,
      vendorId: VENDOR_ID,
      times,
      parameters: parse(given),
      isNew: false,
    } as const;
    await this.#deps.schedules.set({ ...request, audit: entry('update', 'schedule') }, actor);
  }

  unschedule(actor: Actor): Promise<void> {
    return this.#deps.schedules.remove(VENDOR_TYPE, VENDOR_ID, entry('delete', 'unschedule'), actor);
  }

  list(page: OffsetPage): ReturnType<JobService['list']> {
    return this.#deps.jobs.list(OF_IT, page);
  }

  /** The id of the task that does a run, and has its log; NOT_FOUND without the run. */
  async taskOf(id: number): Promise<number> {
    const execution = await this.#deps.jobs.get(id, OF_IT);
    return (await this.#deps.jobs.getFirstTask(execution.id)).id;
  }
}

function parse(given: Given): Given {
  const parsed = parametersSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new AppError('BAD_REQUEST', { message: 'dry_run is true or false' });
}

function entry(operation: string, what: string) {
  const resource = 'storage-comparison';
  return { projectId: undefined, operation, resourceType: resource, resource, description: `${what} the ${resource}` };
}
