import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { Actor, AuditEntry } from '#domain/audit/audit';
import { newMutation } from '#domain/events/mutation';
import type { ExecutionStore } from '#domain/jobs/execution-store';
import type { JobMonitorStore, OpenTasks, QueueState } from '#domain/jobs/job-monitor-store';
import { isFinal } from '#domain/jobs/job-status';
import { isVendorType, type JobType, jobTypesOf } from '#domain/jobs/job-type';
import type { Task } from '#domain/jobs/task';
import { VENDOR_TYPES, type VendorType } from '#domain/jobs/vendor-type';

/** Tasks that are shown as running, at most. */
const MAX_SHOWN = 1_000;
/** Tasks that one batch ends. */
const STOPPED_AT_ONCE = 500;

export interface JobMonitorDeps {
  readonly monitor: JobMonitorStore;
  readonly executions: Pick<ExecutionStore, 'findTaskOfJob' | 'stopTask'>;
  /** Wakes tasks that are due. */
  readonly wakeDue: () => Promise<void>;
  readonly background: Background;
  readonly clock: Clock;
}

/** All work there is at once, whatever it is for: what waits, what runs, and how to hold it up. */
export class JobMonitorService {
  readonly #deps: JobMonitorDeps;
  /** When this isolate began to see to jobs. */
  readonly startedAtMs: number;

  constructor(deps: JobMonitorDeps) {
    this.#deps = deps;
    this.startedAtMs = deps.clock.nowMs();
  }

  queues(): Promise<readonly QueueState[]> {
    return this.#deps.monitor.queues(this.#deps.clock.nowMs());
  }

  running(): Promise<readonly Task[]> {
    return this.#deps.monitor.running(MAX_SHOWN);
  }

  areSchedulesPaused(): Promise<boolean> {
    return this.#deps.monitor.isPaused('SCHEDULER');
  }

  /** Nothing of the type begins any more, nor is tried again; what runs goes on. NOT_FOUND when there is no such type. */
  async pause(name: string, actor: Actor): Promise<void> {
    const mutation = newMutation(auditOf('pause', name), actor, this.#deps.clock);
    await this.#deps.monitor.pause(requireJobTypes(name), mutation);
  }

  /** What became due meanwhile begins. */
  async resume(name: string, actor: Actor): Promise<void> {
    const mutation = newMutation(auditOf('resume', name), actor, this.#deps.clock);
    await this.#deps.monitor.resume(requireJobTypes(name), mutation);
    this.#wakeDue();
  }

  /** Ends what waits of the type, now or for another try; what comes meanwhile stays, and so do schedules. */
  async stopWaiting(name: string, actor: Actor): Promise<void> {
    const vendorTypes = requireJobTypes(name).filter(isVendorType);
    await this.#stopAll(vendorTypes, ['Pending', 'Scheduled'], auditOf('stop', name), actor);
  }

  /** Ends everything that runs. */
  async stopRunning(actor: Actor): Promise<void> {
    await this.#stopAll(VENDOR_TYPES, ['Running'], auditOfJob('all'), actor);
  }

  /** Ends one job. As in Harbor, one that has ended, or never was, is none to complain of. */
  async stopJob(jobId: string, actor: Actor): Promise<void> {
    const { executions, clock } = this.#deps;
    const task = await executions.findTaskOfJob(jobId);
    if (!task || isFinal(task.status)) return;
    await executions.stopTask(task.id, this.#stopLine(actor), newMutation(auditOfJob(jobId), actor, clock));
    this.#wakeDue();
  }

  /** Whoever dies on the way has ended some of it; asked again, the rest ends. */
  async #stopAll(
    vendorTypes: readonly VendorType[],
    statuses: readonly OpenTasks['status'][],
    audit: AuditEntry,
    actor: Actor,
  ): Promise<void> {
    const { monitor, clock } = this.#deps;
    await monitor.record(newMutation(audit, actor, clock));
    const untilId = await monitor.lastTaskId();
    const line = this.#stopLine(actor);
    for (const vendorType of vendorTypes) {
      for (const status of statuses) await this.#stopAlike({ vendorType, status, afterId: 0, untilId }, line);
    }
    this.#wakeDue();
  }

  async #stopAlike(tasks: OpenTasks, line: string): Promise<void> {
    const { monitor, clock } = this.#deps;
    let afterId: number | undefined = tasks.afterId;
    while (afterId !== undefined) {
      const ids = await monitor.openTaskIds({ ...tasks, afterId }, STOPPED_AT_ONCE);
      if (ids.length > 0) await monitor.stop(ids, tasks.status, line, clock.nowMs());
      afterId = ids.length < STOPPED_AT_ONCE ? undefined : ids.at(-1);
    }
  }

  /** The tick would do it within a minute. */
  #wakeDue(): void {
    this.#deps.background(this.#deps.wakeDue().catch(() => undefined));
  }

  #stopLine({ username }: Actor): string {
    return `${new Date(this.#deps.clock.nowMs()).toISOString()} Stopped by ${username}.\n`;
  }
}

function requireJobTypes(name: string): readonly JobType[] {
  const types = jobTypesOf(name);
  if (!types) throw new AppError('NOT_FOUND', { message: `job type ${name.slice(0, 64)} not found` });
  return types;
}

function auditOf(operation: 'pause' | 'resume' | 'stop', name: string): AuditEntry {
  const resource = name.toUpperCase();
  const description = `${operation} job queue with name: ${resource}`;
  return { projectId: undefined, operation, resourceType: 'job-queue', resource, description };
}

function auditOfJob(resource: string): AuditEntry {
  const description = `stop running job with id: ${resource}`;
  return { projectId: undefined, operation: 'stop', resourceType: 'job', resource, description };
}
