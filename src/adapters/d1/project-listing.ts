import { runBatch, withRetries } from '#adapters/d1/batch';
import { MAX_COUNTED } from '#adapters/d1/page';
import { COLUMN_OF, projectKeys } from '#adapters/d1/project-keys';
import { type SummaryRow, selectSummary, toDetail, toSummary } from '#adapters/d1/project-rows';
import { listFound } from '#adapters/d1/sought-page';
import { AppError } from '#core/errors';
import type { Role } from '#core/rbac/role-matrix';
import type { Project } from '#domain/projects/project';
import type { ProjectFilter, ProjectListing, ProjectPage } from '#domain/projects/project-listing';

interface FiguresRow {
  readonly repository_count: number;
  readonly hard_bytes: number;
  readonly used_bytes: number;
}

export class D1ProjectListing implements ProjectListing {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async summarize(project: Project, callerId: number | undefined) {
    const query = this.#db
      .prepare(`${selectSummary('?1', true)} where p.id = ?2 and p.deleted_at_ms is null`)
      .bind(callerId ?? null, project.id);
    const row = await withRetries(() => query.first<SummaryRow>());
    if (!row) throw gone(project);
    return { ...toSummary(row), detail: toDetail(row.metadata ?? '{}', row.allowlist) };
  }

  async figures(project: Project) {
    const amounts = this.#db
      .prepare(
        `select p.repository_count, q.hard_bytes, q.used_bytes from projects p join quotas q on q.project_id = p.id
           where p.id = ? and p.deleted_at_ms is null`,
      )
      .bind(project.id);
    const members = this.#db
      .prepare(
        `select role, count(*) members from (select role from project_members where project_id = ? limit ${MAX_COUNTED})
           group by role`,
      )
      .bind(project.id);
    const [found, counted] = await runBatch(this.#db, [amounts, members]);
    const row = (found?.results as FiguresRow[] | undefined)?.[0];
    if (!row) throw gone(project);
    const counts = (counted?.results ?? []) as { role: Role; members: number }[];
    return {
      repositoryCount: row.repository_count,
      memberCounts: new Map(counts.map(({ role, members: count }) => [role, count])),
      quota: { hardBytes: row.hard_bytes, usedBytes: row.used_bytes },
    };
  }

  async list(filter: ProjectFilter, page: ProjectPage) {
    const { rows, total } = await listFound<SummaryRow>(this.#db, projectKeys(filter, page.orderBy), {
      isDescending: page.isDescending,
      select: (bind) => selectSummary(bind(filter.memberId ?? null), page.isDetailed),
      id: 'p.id',
      column: COLUMN_OF[page.orderBy],
      page,
    });
    return { items: rows.map(toSummary), total };
  }
}

function gone({ name }: Project): AppError {
  return new AppError('NOT_FOUND', { message: `project ${name} not found` });
}
