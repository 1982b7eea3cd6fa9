import type { OffsetPage } from '#core/pagination';
import type { NewTask } from '#domain/jobs/launch';
import type { Progress } from '#domain/jobs/progress';
import type { Task } from '#domain/jobs/task';
import type { RepositoryTask, RetentionRun } from '#domain/retention/retention-run';

/** Where the next page of repositories begins. */
export interface PlanCursor {
  readonly afterId: number;
  readonly afterName: string;
}

/** What a run is about, and the tasks it has. */
export interface RetentionPlanStore {
  /** What a run was begun with; undefined when it is gone. */
  findRun(executionId: number): Promise<RetentionRun | undefined>;
  /** Repositories of a project, or under the default policy's id of all projects that have no policy. */
  repositories(projectId: number, cursor: PlanCursor, limit: number): Promise<readonly RepositoryTask[]>;
  /** The tasks of repositories, in the order they were planned; without the one that planned them. */
  listTasks(
    executionId: number,
    page: OffsetPage,
  ): Promise<{ readonly items: readonly Task[]; readonly total: number }>;
  /** Adds tasks to the run of the progress, and moves its first task on. */
  plan(executionId: number, tasks: readonly NewTask[], progress: Progress): Promise<void>;
}
