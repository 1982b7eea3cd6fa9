import { JobFailure, type JobHandler } from '#domain/jobs/job-handler';
import type { JobSlice } from '#domain/jobs/job-slice';
import type { RepositoryRetention } from '#domain/retention/repository-retention';
import type { RetentionPlanStore } from '#domain/retention/retention-plan-store';
import type { RetentionPlanner } from '#domain/retention/retention-planner';

export interface RetentionJobDeps {
  readonly plans: RetentionPlanStore;
  readonly planner: RetentionPlanner;
  readonly repositories: RepositoryRetention;
  /** Whether nothing may be deleted anywhere. */
  readonly isReadOnly: () => Promise<boolean>;
}

/** Tag retention as work: a first task that plans, and one for each repository. */
export class RetentionJob implements JobHandler {
  readonly #deps: RetentionJobDeps;

  constructor(deps: RetentionJobDeps) {
    this.#deps = deps;
  }

  async runSlice(slice: JobSlice): Promise<void> {
    const { executionId, parameters } = slice.task;
    const run = await this.#deps.plans.findRun(executionId);
    if (!run) throw new JobFailure('the execution is gone');
    if (!run.isDryRun && (await this.#deps.isReadOnly())) throw new JobFailure('the registry is read-only');
    if (parameters['repositoryId'] !== undefined) return this.#deps.repositories.runSlice(slice, run);
    await this.#deps.planner.runSlice(slice, run, Number(parameters['projectId']));
  }
}
