import type { JobSlice } from '#domain/jobs/job-slice';
import { newTask } from '#domain/jobs/launch';
import type { PlanCursor, RetentionPlanStore } from '#domain/retention/retention-plan-store';
import type { RetentionRun } from '#domain/retention/retention-run';
import { rulesFor } from '#domain/retention/rule-set';

/** Repositories looked at in one slice. */
const PAGE = 1_000;
const BEGINNING: PlanCursor = { afterId: 0, afterName: '' };

/** The first task of a run: finds the repositories that its rules are about, and adds a task for each. */
export class RetentionPlanner {
  readonly #plans: RetentionPlanStore;

  constructor(deps: { readonly plans: RetentionPlanStore }) {
    this.#plans = deps.plans;
  }

  async runSlice(slice: JobSlice, run: RetentionRun, projectId: number): Promise<void> {
    const cursor = (slice.task.cursor as PlanCursor | undefined) ?? BEGINNING;
    const repositories = await this.#plans.repositories(projectId, cursor, PAGE);
    const chosen = repositories.filter(({ repository }) => rulesFor(run.rules, repository).length > 0);
    const tasks = chosen.map((repository) => newTask(slice.task, { ...repository }));
    const planned = Number(slice.task.results['planned'] ?? 0) + tasks.length;
    const last = repositories.at(-1);
    const isDone = repositories.length < PAGE || !last;
    if (isDone) slice.log(planned === 0 ? 'no resources for retention' : `${planned} repositories`);
    const progress = isDone
      ? slice.done({ planned })
      : slice.next({ afterId: last.repositoryId, afterName: last.repository } satisfies PlanCursor, { planned });
    await this.#plans.plan(slice.task.executionId, tasks, progress);
  }
}
