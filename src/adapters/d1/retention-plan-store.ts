import { runBatch, withRetries } from '#adapters/d1/batch';
import { conditions } from '#adapters/d1/conditions';
import { firstDueAt } from '#adapters/d1/job-launch';
import { listPage } from '#adapters/d1/page';
import { progressStatements } from '#adapters/d1/task-progress';
import { TASK_COLUMNS, type TaskRow, toTask } from '#adapters/d1/task-rows';
import type { OffsetPage } from '#core/pagination';
import type { NewTask } from '#domain/jobs/launch';
import type { Progress } from '#domain/jobs/progress';
import type { PlanCursor, RetentionPlanStore } from '#domain/retention/retention-plan-store';
import { DEFAULT_POLICY_SCOPE } from '#domain/retention/retention-policy';
import type { RepositoryTask, RetentionRun } from '#domain/retention/retention-run';

const SELECT_TASK = `select ${TASK_COLUMNS} from tasks t`;

interface RunRow {
  readonly vendor_id: number;
  readonly operator: string;
  /** JSON. */
  readonly parameters: string;
}

interface RepositoryRow {
  readonly id: number;
  readonly project_id: number;
  readonly name: string;
}

const OF_PROJECT = `
  select r.id, r.project_id, r.name from repositories r
  where r.project_id = ?1 and r.name > ?2 and r.published_at_ms is not null order by r.name limit ?3`;

/** Crossed to go through the repositories by their ids. */
const WITHOUT_POLICY = `
  select r.id, r.project_id, r.name from repositories r cross join projects p on p.id = r.project_id
  where r.id > ?1 and r.published_at_ms is not null and p.deleted_at_ms is null
    and not exists (select 1 from retention_policies rp where rp.project_id = r.project_id)
  order by r.id limit ?2`;

/** Tasks wait in the lane of the one that plans them. */
const ADD_TASKS = `
  insert into tasks (execution_id, vendor_type, job_id, lane, status, parameters, results, due_at_ms, created_at_ms,
    updated_at_ms)
  select ?1, 'RETENTION', n.value ->> '$.jobId', n.value ->> '$.lane', 'Pending', n.value -> '$.parameters', '{}',
    ${firstDueAt("n.value ->> '$.lane'", '?3')}, ?3, ?3
  from json_each(?2) n`;

export class D1RetentionPlanStore implements RetentionPlanStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findRun(executionId: number): Promise<RetentionRun | undefined> {
    const query = this.#db
      .prepare('select vendor_id, operator, parameters from executions where id = ?')
      .bind(executionId);
    const row = await withRetries(() => query.first<RunRow>());
    return row ? toRun(row) : undefined;
  }

  async repositories(projectId: number, { afterId, afterName }: PlanCursor, limit: number) {
    const query =
      projectId === DEFAULT_POLICY_SCOPE
        ? this.#db.prepare(WITHOUT_POLICY).bind(afterId, limit)
        : this.#db.prepare(OF_PROJECT).bind(projectId, afterName, limit);
    const { results } = await withRetries(() => query.all<RepositoryRow>());
    return results.map(
      (row): RepositoryTask => ({
        projectId: row.project_id,
        repositoryId: row.id,
        repository: row.name,
      }),
    );
  }

  async listTasks(executionId: number, page: OffsetPage) {
    const where = conditions(
      ['t.execution_id = ?1', 't.id > (select min(first.id) from tasks first where first.execution_id = ?1)'],
      [executionId],
    );
    const order = { column: 't.id', isDescending: false, tieBreaker: 't.id' };
    const { rows, total } = await listPage<TaskRow>(this.#db, { select: SELECT_TASK, where, order, page });
    return { items: rows.map(toTask), total };
  }

  async plan(executionId: number, tasks: readonly NewTask[], progress: Progress): Promise<void> {
    const add = this.#db.prepare(ADD_TASKS).bind(executionId, JSON.stringify(tasks), progress.nowMs);
    // The tasks first: when the one that plans has ended, its lane has whom to go on with.
    await runBatch(this.#db, [...(tasks.length > 0 ? [add] : []), ...progressStatements(this.#db, progress)]);
  }
}

function toRun(row: RunRow): RetentionRun {
  const { projectId, dry_run: isDryRun, rules } = JSON.parse(row.parameters) as Record<string, unknown>;
  return {
    policyId: row.vendor_id,
    rules: rules as RetentionRun['rules'],
    isDryRun: isDryRun === true,
    isDefault: projectId === DEFAULT_POLICY_SCOPE,
    operator: row.operator,
  };
}
