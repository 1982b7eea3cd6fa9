import { runBatch, withRetries } from '#adapters/d1/batch';
import { conditions } from '#adapters/d1/conditions';
import { GuardFailed, guardProject } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { underLease } from '#adapters/d1/repository-lease';
import { AppError } from '#core/errors';
import { projectOf, type RepositoryName, repositoryName, withinProject } from '#core/reference';
import type { Repository } from '#domain/repositories/repository';
import type {
  RepositoryFilter,
  RepositoryPage,
  RepositoryStore,
  RepositorySummary,
} from '#domain/repositories/repository-store';

interface RepositoryRow {
  id: number;
  project_id: number;
  project: string;
  name: string;
  description: string;
  pull_count: number;
  published_at_ms: number | null;
  created_at_ms: number;
  updated_at_ms: number;
}

interface SummaryRow extends RepositoryRow {
  artifact_count: number;
}

const COLUMNS = `r.id, r.project_id, p.name as project, r.name, r.description, r.pull_count, r.published_at_ms,
  r.created_at_ms, r.updated_at_ms`;

const FULL_NAME = `p.name || '/' || r.name`;

const COLUMN_OF = { name: 'r.name', creation_time: 'r.created_at_ms', update_time: 'r.updated_at_ms' } as const;

const FULL_NAMES = `select ${FULL_NAME} as full_name from projects p join repositories r on r.project_id = p.id
  where p.deleted_at_ms is null and r.published_at_ms is not null
    and exists (select 1 from artifacts a where a.repository_id = r.id)`;

const ARTIFACT_COUNT = '(select count(*) from artifacts a where a.repository_id = r.id) as artifact_count';

const FIND = `select ${COLUMNS} from projects p join repositories r on r.project_id = p.id where p.name = ?1 and r.name = ?2`;

export class D1RepositoryStore implements RepositoryStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async find(name: RepositoryName): Promise<Repository | undefined> {
    const query = this.#db.prepare(FIND).bind(projectOf(name), withinProject(name));
    const row = await withRetries(() => query.first<RepositoryRow>());
    return row ? toRepository(row) : undefined;
  }

  async findSummary(name: RepositoryName): Promise<RepositorySummary | undefined> {
    const sql = `select ${COLUMNS}, ${ARTIFACT_COUNT} from projects p join repositories r on r.project_id = p.id
      where p.name = ?1 and r.name = ?2 and r.published_at_ms is not null`;
    const query = this.#db.prepare(sql).bind(projectOf(name), withinProject(name));
    const row = await withRetries(() => query.first<SummaryRow>());
    return row ? toSummary(row) : undefined;
  }

  async ensure(projectId: number, name: RepositoryName, nowMs: number): Promise<Repository> {
    const known = await this.find(name);
    if (known) return known;
    const db = this.#db;
    try {
      await runBatch(db, [
        guardProject(db, projectId),
        db
          .prepare(
            `insert into repositories (project_id, name, created_at_ms, updated_at_ms) values (?1, ?2, ?3, ?3)
             on conflict do nothing`,
          )
          .bind(projectId, withinProject(name), nowMs),
      ]);
    } catch (error) {
      throw error instanceof GuardFailed ? new AppError('NAME_UNKNOWN', { cause: error }) : error;
    }
    const made = await this.find(name);
    if (!made) throw new AppError('NAME_UNKNOWN');
    return made;
  }

  async listInProject(
    projectId: number,
    filter: RepositoryFilter,
    page: RepositoryPage,
  ): Promise<{ readonly items: readonly RepositorySummary[]; readonly total: number }> {
    const where = conditions(['r.project_id = ?1', 'r.published_at_ms is not null'], [projectId])
      .add((name) => `${FULL_NAME} = ${name}`, filter.name)
      .add((part) => `instr(${FULL_NAME}, ${part}) > 0`, filter.nameContains)
      // A single range is read from the index by name, and no further than the page; of several, all that lies between.
      .add((first) => `r.name >= ${first}`, filter.ranges?.at(0)?.from)
      .add((end) => `r.name < ${end}`, filter.ranges?.at(-1)?.before)
      .add(inRanges, filter.ranges && JSON.stringify(filter.ranges));
    const from = `from repositories r join projects p on p.id = r.project_id where ${where.sql}`;
    const direction = page.isDescending ? 'desc' : 'asc';
    const order = `order by ${COLUMN_OF[page.orderBy]} ${direction}, r.id ${direction}`;
    const [rows, totals] = await runBatch(this.#db, [
      this.#db
        .prepare(`select ${COLUMNS}, ${ARTIFACT_COUNT} ${from} ${order} limit ? offset ?`)
        .bind(...where.bindings, page.limit, page.offset),
      this.#db.prepare(`select count(*) as total ${from}`).bind(...where.bindings),
    ]);
    const found = (rows?.results ?? []) as SummaryRow[];
    const total = (totals?.results[0] as { total: number } | undefined)?.total ?? 0;
    return { items: found.map(toSummary), total };
  }

  async listNames(limit: number, last: string | undefined): Promise<readonly string[]> {
    const slash = last?.indexOf('/') ?? -1;
    const path = last === undefined ? '' : last.slice(0, slash + 1) || last;
    const rest = slash < 0 ? '' : (last ?? '').slice(slash + 1);
    const [same, later] = await runBatch(this.#db, [
      this.#db
        .prepare(`${FULL_NAMES} and p.name || '/' = ?1 and r.name > ?2 order by r.name limit ?3`)
        .bind(path, rest, limit),
      this.#db
        .prepare(`${FULL_NAMES} and p.name || '/' > ?1 order by p.name || '/', r.name limit ?2`)
        .bind(path, limit),
    ]);
    const rows = [...(same?.results ?? []), ...(later?.results ?? [])] as { full_name: string }[];
    return rows.slice(0, limit).map((row) => row.full_name);
  }

  async delete(deletion: Parameters<RepositoryStore['delete']>[0]): Promise<void> {
    const { repositoryId, lockToken, mutation } = deletion;
    const ofRepository = 'in (select id from artifacts where repository_id = ?)';
    const removals = [
      'delete from tags where repository_id = ?',
      `delete from artifact_blobs where artifact_id ${ofRepository}`,
      `delete from artifact_references where parent_id ${ofRepository}`,
      'delete from artifacts where repository_id = ?',
      'delete from repository_blobs where repository_id = ?',
      'delete from repositories where id = ?',
    ];
    try {
      await runBatch(this.#db, [
        ...mutationStatements(this.#db, mutation),
        ...underLease(this.#db, { repositoryId, lockToken, nowMs: mutation.nowMs }),
        ...removals.map((sql) => this.#db.prepare(sql).bind(repositoryId)),
      ]);
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
      throw new AppError('SERVICE_UNAVAILABLE', { cause: error, retryAfterSeconds: 1 });
    }
  }
}

/** The term of a name that is in one of the ranges of a JSON text. */
function inRanges(parameter: string): string {
  return `exists (select 1 from json_each(${parameter}) n
    where r.name >= n.value ->> 'from' and r.name < n.value ->> 'before')`;
}

function toSummary(row: SummaryRow): RepositorySummary {
  return { ...toRepository(row), artifactCount: row.artifact_count };
}

function toRepository(row: RepositoryRow): Repository {
  return {
    id: row.id,
    projectId: row.project_id,
    name: repositoryName(row.project, row.name),
    description: row.description,
    pullCount: row.pull_count,
    publishedAtMs: row.published_at_ms ?? undefined,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
