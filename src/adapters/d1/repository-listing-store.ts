import { runBatch, withRetries } from '#adapters/d1/batch';
import type { KeyedPageQuery } from '#adapters/d1/page';
import {
  allOfProject,
  countsOf,
  findInProject,
  isUnfiltered,
  PROJECT_ORDERS,
  type ProjectCounts,
} from '#adapters/d1/project-repositories';
import {
  BY_PATH,
  byNames,
  byPart,
  inOrder,
  limitOf,
  ORDERS,
  ofFewProjects,
  type RepositoryOrder,
  WITH_NAMES,
} from '#adapters/d1/repository-keys';
import { MAX_CANDIDATES, repositoryMatches } from '#adapters/d1/repository-matches';
import { FULL_NAME, REPOSITORY_COLUMNS, type RepositoryRow, toSummary } from '#adapters/d1/repository-rows';
import { limitedProjects } from '#adapters/d1/repository-visibility';
import { type Bind, bound, type Keys, listFound, type Sought } from '#adapters/d1/sought-page';
import { type NamePart, parseNamePart } from '#core/name-part';
import type { Project } from '#domain/projects/project';
import type {
  FoundRepository,
  ProjectRepositoryFilter,
  RepositoryFilter,
  RepositoryList,
} from '#domain/repositories/repository-listing';
import type { RepositoryListingStore } from '#domain/repositories/repository-listing-store';
import type { RepositoryVisibility } from '#domain/repositories/repository-visibility';

/** Candidates a search looks at for each repository it may answer with. */
const SOUGHT_FOR_ONE = 4;

const NOTHING: RepositoryList = { items: [], total: 0 };

const SELECT = `select ${REPOSITORY_COLUMNS} from repositories r join projects p on p.id = r.project_id`;

const FULL_NAMES = `select ${FULL_NAME} as full_name from ${BY_PATH}
  where p.repository_count > 0 and p.deleted_at_ms is null and r.published_at_ms is not null
    and exists (select 1 from artifacts a where a.repository_id = r.id)`;

export class D1RepositoryListingStore implements RepositoryListingStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async listInProject(
    project: Project,
    filter: ProjectRepositoryFilter,
    page: Parameters<RepositoryListingStore['listInProject']>[2],
  ): Promise<RepositoryList> {
    const { column } = PROJECT_ORDERS[page.orderBy];
    if (isUnfiltered(filter)) return this.#list(allOfProject(project, page.orderBy), column, page);
    const found = findInProject(project, await this.#countsOf(project, filter), filter, page.orderBy);
    return found ? this.#list(found, column, page) : NOTHING;
  }

  async list(
    { query: { name }, visibility }: RepositoryFilter,
    page: Parameters<RepositoryListingStore['list']>[1],
  ): Promise<RepositoryList> {
    const { orderBy } = page;
    const { column } = ORDERS[orderBy];
    if (name === undefined) return this.#list(await this.#allVisible(visibility, orderBy), column, page);
    if (name.match === 'fuzzy') {
      const part = parseNamePart(name.value);
      return part ? this.#list(byPart(part, visibility, orderBy), column, page) : NOTHING;
    }
    const names = name.match === 'exact' ? [name.value] : name.values;
    return this.#list(byNames(names, visibility, orderBy), column, page);
  }

  async search(part: NamePart, visibility: RepositoryVisibility, limit: number): Promise<readonly FoundRepository[]> {
    const bindings: unknown[] = [];
    const bind: Bind = (value) => `?${bindings.push(value)}`;
    // Of what is shown in part anyway, one who sees everything need not have everything looked at.
    const most = visibility.isUnlimited ? Math.min(SOUGHT_FOR_ONE * limit, MAX_CANDIDATES) : MAX_CANDIDATES;
    const ids = repositoryMatches(part, limitOf(visibility, bind), bind, most);
    const first = `select r.id from (${ids}) found ${WITH_NAMES} order by ${FULL_NAME} limit ${bind(limit)}`;
    const query = this.#db
      .prepare(
        `select ${REPOSITORY_COLUMNS}, p.is_public from (${first}) f cross join repositories r on r.id = f.id
           cross join projects p on p.id = r.project_id order by ${FULL_NAME}`,
      )
      .bind(...bindings);
    const { results } = await withRetries(() => query.all<RepositoryRow & { readonly is_public: number }>());
    return results.map((row) => ({ ...toSummary(row), isPublic: row.is_public === 1 }));
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
        .prepare(`${FULL_NAMES} and p.name || '/' > ?1 order by p.name || '/', p.id, r.name limit ?2`)
        .bind(path, limit),
    ]);
    const rows = [...(same?.results ?? []), ...(later?.results ?? [])] as { full_name: string }[];
    return rows.slice(0, limit).map((row) => row.full_name);
  }

  async #list(found: Keys | Sought, column: string, page: KeyedPageQuery['page'] & { readonly isDescending: boolean }) {
    const { isDescending } = page;
    const shown = { isDescending, select: () => SELECT, id: 'r.id', column, page };
    const { rows, total } = await listFound<RepositoryRow>(this.#db, found, shown);
    return { items: rows.map(toSummary), total };
  }

  /** What tells how the repositories that a filter leaves are best found. */
  async #countsOf({ id }: Project, filter: ProjectRepositoryFilter): Promise<ProjectCounts> {
    const { name } = filter.query;
    const part = name?.match === 'fuzzy' ? parseNamePart(name.value) : undefined;
    const { sql, bindings } = bound((bind) => countsOf(id, part, bind));
    const query = this.#db.prepare(sql).bind(...bindings);
    return (await withRetries(() => query.first<ProjectCounts>())) ?? { repositories: 0, matches: 0 };
  }

  /**
   * Everything that is visible: read in the order of the page, skipping what is not; where little is visible among much
   * else, all of that little is read and sorted instead.
   */
  async #allVisible(visibility: RepositoryVisibility, orderBy: RepositoryOrder): Promise<Keys> {
    if (visibility.isUnlimited) {
      const total = { sql: 'select private_repositories + public_repositories from statistics', bindings: [] };
      return { ...inOrder(visibility, orderBy), total };
    }
    const { everyProjectBut, ranges } = visibility;
    if (everyProjectBut) return inOrder(visibility, orderBy);
    const { projects, repositories } = await this.#visibleCounts(visibility);
    const isLittle = projects <= MAX_CANDIDATES && repositories <= MAX_CANDIDATES;
    const keys = isLittle ? ofFewProjects(visibility, orderBy) : inOrder(visibility, orderBy);
    return ranges.length > 0 ? keys : { ...keys, total: { sql: 'select ?', bindings: [repositories] } };
  }

  /** Public projects, and the repositories of all projects of which something is visible, by the counts that are kept. */
  async #visibleCounts(visibility: RepositoryVisibility) {
    const bindings: unknown[] = [];
    const ids = limitedProjects(visibility, (value) => `?${bindings.push(value)}`);
    const query = this.#db
      .prepare(
        `select s.public_projects projects, s.public_repositories + (select coalesce(sum(repository_count), 0) from projects
           where id in (${ids}) and is_public = 0 and deleted_at_ms is null) repositories from statistics s`,
      )
      .bind(...bindings);
    const counts = await withRetries(() => query.first<{ projects: number; repositories: number }>());
    return counts ?? { projects: 0, repositories: 0 };
  }
}
