import { D1ExecutionStore } from '#adapters/d1/execution-store';
import { D1JobMonitorStore } from '#adapters/d1/job-monitor-store';
import { D1PurgeStore } from '#adapters/d1/purge-store';
import { D1ScheduleStore } from '#adapters/d1/schedule-store';
import { D1TaskStore } from '#adapters/d1/task-store';
import type { OperationMeter } from '#adapters/metering/operation-meter';
import { platformBackground } from '#adapters/platform-background';
import { CloudflareJobQueue } from '#adapters/queue/job-queue';
import type { Clock } from '#core/clock';
import { PurgeJob } from '#domain/audit/purge-job';
import { PURGE_MAINTENANCE } from '#domain/audit/purge-maintenance';
import { COMPARISON_MAINTENANCE } from '#domain/gc/comparison-maintenance';
import { GC_MAINTENANCE } from '#domain/gc/gc-maintenance';
import type { JobHandler } from '#domain/jobs/job-handler';
import { JobMonitorService } from '#domain/jobs/job-monitor-service';
import { JobRunner } from '#domain/jobs/job-runner';
import { JobService } from '#domain/jobs/job-service';
import { newLaunch } from '#domain/jobs/launch';
import type { VendorType } from '#domain/jobs/vendor-type';
import type { MaintenanceKind } from '#domain/maintenance/maintenance-kind';
import { MaintenanceService } from '#domain/maintenance/maintenance-service';
import { type ScheduledLaunch, ScheduleService } from '#domain/schedules/schedule-service';
import type { Env } from '#src/env';

interface JobParts {
  readonly meter: OperationMeter;
  readonly clock: Clock;
}

interface RunParts extends JobParts {
  readonly jobs: JobService;
  /** Of work that others know how to do. */
  readonly handlers: Readonly<Partial<Record<VendorType, JobHandler>>>;
  readonly launches: Readonly<Partial<Record<VendorType, ScheduledLaunch>>>;
}

/** Work that happens later: who begins it, when, and what does it. */
export function createJobs({ DB: db, JOBS }: Env, { jobs, handlers: others, launches, meter, clock }: RunParts) {
  const background = meter.follow(platformBackground);
  const queue = new CloudflareJobQueue({ queue: JOBS });
  const executions = new D1ExecutionStore({ db });
  const handlers: Partial<Record<VendorType, JobHandler>> = {
    ...others,
    PURGE_AUDIT_LOG: new PurgeJob({ store: new D1PurgeStore({ db }) }),
  };
  const jobRunner = new JobRunner({ tasks: new D1TaskStore({ db }), queue, handlers, clock, report: reportTask });
  const jobMonitor = new JobMonitorService({
    monitor: new D1JobMonitorStore({ db }),
    executions,
    wakeDue: () => jobRunner.wakeDue(),
    background,
    clock,
  });
  const schedules = new ScheduleService({
    schedules: new D1ScheduleStore({ db }),
    launches: {
      ...launches,
      GARBAGE_COLLECTION: launchOnce(jobs, clock),
      STORAGE_COMPARISON: launchOnce(jobs, clock),
      PURGE_AUDIT_LOG: launchOnce(jobs, clock),
    },
    clock,
    report: (error, { vendorType, vendorId }) => report(error, { schedule: vendorType, vendorId }),
  });
  const maintenance = (kind: MaintenanceKind) => new MaintenanceService({ kind, jobs, schedules, clock });
  const purges = maintenance(PURGE_MAINTENANCE);
  const garbageCollection = maintenance(GC_MAINTENANCE);
  const storageComparison = maintenance(COMPARISON_MAINTENANCE);
  return { jobs, jobRunner, jobMonitor, purges, schedules, garbageCollection, storageComparison };
}

/** What begins work, for everybody who has some; apart from what does it, which may need everybody. */
export function createJobService({ DB: db, JOBS }: Env, { meter, clock }: JobParts): JobService {
  const background = meter.follow(platformBackground);
  const queue = new CloudflareJobQueue({ queue: JOBS });
  return new JobService({ executions: new D1ExecutionStore({ db }), queue, background, clock });
}

/** A run of one task with the schedule's parameters. */
function launchOnce(jobs: JobService, clock: Clock): ScheduledLaunch {
  return ({ vendorType, vendorId, parameters, operator }, launchKey) =>
    jobs.launch(
      newLaunch({ vendorType, vendorId, trigger: 'SCHEDULE', operator, parameters, launchKey, nowMs: clock.nowMs() }),
    );
}

function reportTask(error: unknown, { id, vendorType }: { readonly id: number; readonly vendorType: VendorType }) {
  report(error, { task: id, vendorType });
}

function report(error: unknown, about: Readonly<Record<string, unknown>>): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(JSON.stringify({ level: 'error', ...about, message }));
}
