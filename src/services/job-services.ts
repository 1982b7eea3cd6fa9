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
import { PurgeService } from '#domain/audit/purge-service';
import type { JobHandler } from '#domain/jobs/job-handler';
import { JobMonitorService } from '#domain/jobs/job-monitor-service';
import { JobRunner } from '#domain/jobs/job-runner';
import { JobService } from '#domain/jobs/job-service';
import { newLaunch } from '#domain/jobs/launch';
import type { VendorType } from '#domain/jobs/vendor-type';
import { type ScheduledLaunch, ScheduleService } from '#domain/schedules/schedule-service';
import type { Env } from '#src/env';

interface JobParts {
  readonly meter: OperationMeter;
  readonly clock: Clock;
}

/** Work that happens later: who begins it, when, and what does it. */
export function createJobs({ DB: db, JOBS }: Env, { meter, clock }: JobParts) {
  const background = meter.follow(platformBackground);
  const queue = new CloudflareJobQueue({ queue: JOBS });
  const executions = new D1ExecutionStore({ db });
  const jobs = new JobService({ executions, queue, background, clock });
  const handlers: Partial<Record<VendorType, JobHandler>> = {
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
      GARBAGE_COLLECTION: launchOnce(jobs, clock),
      STORAGE_COMPARISON: launchOnce(jobs, clock),
      PURGE_AUDIT_LOG: launchOnce(jobs, clock),
    },
    clock,
    report: (error, { vendorType, vendorId }) => report(error, { schedule: vendorType, vendorId }),
  });
  const purges = new PurgeService({ jobs, schedules, clock });
  return { jobs, jobRunner, jobMonitor, purges, schedules };
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
