import type { Clock } from '#core/clock';
import { nextCronTimeMs } from '#core/cron';
import { AppError } from '#core/errors';
import type { OffsetPage } from '#core/pagination';
import type { Actor, AuditEntry } from '#domain/audit/audit';
import { newMutation } from '#domain/events/mutation';
import type { Execution } from '#domain/jobs/execution';
import type { JobService } from '#domain/jobs/job-service';
import { newLaunch, type Trigger } from '#domain/jobs/launch';
import type { Task } from '#domain/jobs/task';
import { readRetention, type WirePolicy } from '#domain/retention/read-retention';
import type { RetentionPlanStore } from '#domain/retention/retention-plan-store';
import { DEFAULT_POLICY_SCOPE, type RetentionDraft, type RetentionPolicy } from '#domain/retention/retention-policy';
import type { RetentionStore, RetentionTimes } from '#domain/retention/retention-store';
import { keepsUntagged } from '#domain/retention/rule-set';
import type { Schedule } from '#domain/schedules/schedule';

export interface RetentionServiceDeps {
  readonly store: RetentionStore;
  readonly plans: RetentionPlanStore;
  readonly jobs: JobService;
  readonly clock: Clock;
}

/** An artifact without tags, as whoever would clean it up knows it. */
export interface UntaggedArtifact {
  /** Of its repository, within the project. */
  readonly nameInProject: string;
  readonly pushedAtMs: number;
  readonly pulledAtMs: number | undefined;
}

/** Policies of tag retention, and their runs. */
export class RetentionService {
  readonly #deps: RetentionServiceDeps;

  constructor(deps: RetentionServiceDeps) {
    this.#deps = deps;
  }

  find(id: number): Promise<RetentionPolicy | undefined> {
    return this.#deps.store.find(id);
  }

  /** The policy that stands in where a project has none. */
  findDefault(): Promise<RetentionPolicy | undefined> {
    return this.#deps.store.findOfProject(DEFAULT_POLICY_SCOPE);
  }

  /** BAD_REQUEST for what makes no policy, and where there is one; CONFLICT for rules that are one. */
  async create(projectId: number, wire: WirePolicy, actor: Actor): Promise<number> {
    const { draft, times } = this.#read(wire);
    return this.#deps.store.insert(projectId, draft, times, this.#mutation('create', projectId, actor));
  }

  async update(policy: RetentionPolicy, wire: WirePolicy, actor: Actor): Promise<void> {
    const { draft, times } = this.#read(wire);
    await this.#deps.store.update(policy, draft, times, this.#mutation('update', policy.projectId, actor));
  }

  /** Sets the default policy, whether or not there is one. */
  async putDefault(wire: WirePolicy, actor: Actor): Promise<void> {
    const policy = await this.findDefault();
    if (policy) await this.update(policy, wire, actor);
    else await this.create(DEFAULT_POLICY_SCOPE, wire, actor);
  }

  /** Deletes the policy with its schedule; its runs are stopped and forgotten. */
  async delete(policy: RetentionPolicy, actor: Actor): Promise<void> {
    const mutation = this.#mutation('delete', policy.projectId, actor);
    const line = `${new Date(mutation.nowMs).toISOString()} Stopped: the policy was deleted.\n`;
    await this.#deps.store.delete(policy, line, mutation);
  }

  /** Begins a run that somebody asks for; answers the execution's id. */
  run(policy: RetentionPolicy, isDryRun: boolean, actor: Actor): Promise<number> {
    const mutation = newMutation(auditOf('run', policy.projectId), actor, this.#deps.clock);
    return this.#launch(policy, { trigger: 'MANUAL', operator: actor.username, isDryRun, mutation });
  }

  /** Begins the run of a schedule, once a launch key; nothing when the policy is gone. */
  async runScheduled({ vendorId, operator }: Schedule, launchKey: string): Promise<void> {
    const policy = await this.#deps.store.find(vendorId);
    if (policy) await this.#launch(policy, { trigger: 'SCHEDULE', operator, isDryRun: false, launchKey });
  }

  listRuns({ id }: RetentionPolicy, page: OffsetPage): ReturnType<JobService['list']> {
    return this.#deps.jobs.list({ vendorTypes: ['RETENTION'], vendorId: id }, page);
  }

  /** NOT_FOUND in Harbor's words when the policy has no such run. */
  async getRun(policy: RetentionPolicy, executionId: number): Promise<Execution> {
    try {
      return await this.#deps.jobs.get(executionId, { vendorTypes: ['RETENTION'], vendorId: policy.id });
    } catch (cause) {
      throw cause instanceof AppError && cause.code === 'NOT_FOUND' ? runNotFound(policy, executionId, cause) : cause;
    }
  }

  /** Those of repositories. */
  listTasks({ id }: Execution, page: OffsetPage): ReturnType<RetentionPlanStore['listTasks']> {
    return this.#deps.plans.listTasks(id, page);
  }

  async stop(policy: RetentionPolicy, execution: Execution, actor: Actor): Promise<void> {
    await this.#deps.jobs.stop(execution, auditOf('stop', policy.projectId), actor);
  }

  /** A repository's task; NOT_FOUND when the run has no such task. */
  async getTask(policy: RetentionPolicy, executionId: number, taskId: number): Promise<Task> {
    const { id } = await this.getRun(policy, executionId);
    try {
      return await this.#deps.jobs.getTask(id, taskId);
    } catch (cause) {
      throw cause instanceof AppError && cause.code === 'NOT_FOUND' ? runNotFound(policy, executionId, cause) : cause;
    }
  }

  /**
   * Tells of a project's untagged artifacts which retention would keep: by the project's policy, or the default one, or none.
   * Where only a rule that counts artifacts would keep one, it says so too: such an artifact goes when retention runs.
   */
  async untaggedKeeper(projectId: number): Promise<(artifact: UntaggedArtifact) => boolean> {
    const { store, clock } = this.#deps;
    const policy = (await store.findOfProject(projectId)) ?? (await this.findDefault());
    if (!policy) return () => false;
    const nowMs = clock.nowMs();
    return ({ nameInProject, ...times }) => keepsUntagged(policy.rules, nameInProject, times, nowMs);
  }

  #launch(
    { id, projectId, rules }: RetentionPolicy,
    {
      isDryRun,
      ...request
    }: { trigger: Trigger; operator: string; isDryRun: boolean } & Partial<
      Pick<Parameters<typeof newLaunch>[0], 'mutation' | 'launchKey'>
    >,
  ): Promise<number> {
    const parameters = { projectId, dry_run: isDryRun, rules };
    const about = { vendorType: 'RETENTION', vendorId: id, parameters, nowMs: this.#deps.clock.nowMs() } as const;
    return this.#deps.jobs.launch(newLaunch({ ...about, ...request }));
  }

  #read(wire: WirePolicy): { readonly draft: RetentionDraft; readonly times: RetentionTimes | undefined } {
    const nowMs = this.#deps.clock.nowMs();
    const read = readRetention(wire, nowMs);
    if (!read.ok) {
      const { kind, message } = read.error;
      throw new AppError(kind === 'conflict' ? 'CONFLICT' : 'BAD_REQUEST', { message });
    }
    const { cron } = read.value;
    const dueAtMs = cron === '' ? undefined : nextCronTimeMs(cron, nowMs);
    return { draft: read.value, times: dueAtMs === undefined ? undefined : { cron, dueAtMs } };
  }

  #mutation(operation: 'create' | 'update' | 'delete', projectId: number, actor: Actor) {
    return newMutation(auditOf(operation, projectId), actor, this.#deps.clock);
  }
}

function auditOf(operation: string, projectId: number): AuditEntry {
  const isDefault = projectId === DEFAULT_POLICY_SCOPE;
  const resource = isDefault ? 'default retention policy' : 'retention policy';
  return {
    projectId: isDefault ? undefined : projectId,
    operation,
    resourceType: 'tag-retention',
    resource,
    description: `${operation} ${resource}${isDefault ? '' : ` of project ${projectId}`}`,
  };
}

function runNotFound({ projectId }: RetentionPolicy, executionId: number, cause: unknown): AppError {
  return new AppError('NOT_FOUND', { message: `project: ${projectId}, execution id ${executionId} not found`, cause });
}
