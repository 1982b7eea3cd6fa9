import { runBatch, withRetries } from '#adapters/d1/batch';
import { type KeyedPageQuery, type KeyWindow, listKeyedPage } from '#adapters/d1/page';
import { isUnfiltered, PROJECT_ORDERS, selectRepositories } from '#adapters/d1/project-repositories';
import { MAX_CANDIDATES, repositoryMatches } from '#adapters/d1/repository-matches';
import { FULL_NAME, REPOSITORY_COLUMNS, type RepositoryRow, toSummary } from '#adapters/d1/repository-rows';
import { type Bind, limitedProjects, visibleRepository } from '#adapters/d1/repository-visibility';
import { type NamePart, parseNamePart } from '#core/name-part';
import { projectOf, type RepositoryName, withinProject } from '#core/reference';
import type { Project } from '#domain/projects/project';
import type {
  FoundRepository,
  ProjectRepositoryFilter,
  RepositoryFilter,
  RepositoryList,
} from '#domain/repositories/repository-listing';
import type { RepositoryListingStore } from '#domain/repositories/repository-listing-store';
import type { RepositoryVisibility } from '#domain/repositories/repository-visibility';

type Keys = Pick<KeyedPageQuery, 'keys' | 'bindings' | 'total' | 'isScattered'>;

const ORDERS = {
  name: { column: FULL_NAME, index: 'repositories_listed' },
  creation_time: { column: 'r.created_at_ms', index: 'repositories_created' },
} as const;

/** Candidates a search looks at for each repository it may answer with. */
const SOUGHT_FOR_ONE = 4;

const NOTHING: RepositoryList = { items: [], total: 0 };

/** Of ids as `found`. */
const WITH_ROWS = 'cross join repositories r on r.id = found.id';
const WITH_NAMES = `${WITH_ROWS} cross join projects p on p.id = r.project_id`;

const SELECT = `select ${REPOSITORY_COLUMNS} from repositories r join projects p on p.id = r.project_id`;

/** By full name. The id makes it plain that a path is one project's, whose names the next index has in order. */
const BY_PATH = `projects p indexed by projects_path
  cross join repositories r indexed by repositories_listed on r.project_id = p.id`;

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
    const { column, index } = PROJECT_ORDERS[page.orderBy];
    if (isUnfiltered(filter)) return this.#list(allOfProject(project, column, index), column, page);
    const count = this.#db.prepare('select repository_count from projects where id = ?').bind(project.id);
    const repositoryCount = (await withRetries(() => count.first<number>('repository_count'))) ?? 0;
    const selection = selectRepositories(project, repositoryCount, filter);
    if (!selection) return NOTHING;
    const { candidates, where } = selection;
    const sql = `select r.id id, ${column} key from (${candidates}) found cross join repositories r on r.id = found.id
      where ${where.sql}`;
    return this.#list({ keys: () => sql, bindings: where.bindings, isScattered: true }, column, page);
  }

  async list(
    { query: { name }, visibility }: RepositoryFilter,
    page: Parameters<RepositoryListingStore['list']>[1],
  ): Promise<RepositoryList> {
    const { column } = ORDERS[page.orderBy];
    if (name === undefined) return this.#list(await this.#allVisible(visibility, page.orderBy), column, page);
    const bindings: unknown[] = [];
    const bind: Bind = (value) => `?${bindings.push(value)}`;
    const part = name.match === 'fuzzy' ? parseNamePart(name.value) : undefined;
    if (name.match === 'fuzzy' && !part) return NOTHING;
    const names = name.match === 'exact' ? [name.value] : name.match === 'any-of' ? name.values : [];
    const ids = part
      ? repositoryMatches(part, limitOf(visibility, bind), bind)
      : named(names, visibleRepository(visibility, bind), bind);
    const sql = `select r.id id, ${column} key from (${ids}) found ${page.orderBy === 'name' ? WITH_NAMES : WITH_ROWS}`;
    return this.#list({ keys: () => sql, bindings, isScattered: true }, column, page);
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

  async #list(keys: Keys, column: string, page: KeyedPageQuery['page'] & { readonly isDescending: boolean }) {
    const { isDescending } = page;
    const query = { ...keys, isDescending, select: () => SELECT, id: 'r.id', column, page };
    const { rows, total } = await listKeyedPage<RepositoryRow>(this.#db, query);
    return { items: rows.map(toSummary), total };
  }

  /**
   * Everything that is visible: read in the order of the page, skipping what is not; where little is visible among much
   * else, all of that little is read and sorted instead.
   */
  async #allVisible(visibility: RepositoryVisibility, orderBy: keyof typeof ORDERS): Promise<Keys> {
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

/** The condition of a visible repository, unless all are. */
function limitOf(visibility: RepositoryVisibility, bind: Bind): string | undefined {
  return visibility.isUnlimited ? undefined : visibleRepository(visibility, bind);
}

function allOfProject(project: Project, column: string, index: string): Keys {
  const sql = `select r.id id, ${column} key from repositories r indexed by ${index}
    where r.project_id = ?1 and r.published_at_ms is not null`;
  const total = { sql: 'select repository_count from projects where id = ?', bindings: [project.id] };
  return { keys: () => sql, bindings: [project.id], total };
}

/** The keys of everything, in order, without what is invisible. */
function inOrder(visibility: RepositoryVisibility, orderBy: keyof typeof ORDERS): Keys {
  const bindings: unknown[] = [];
  const isVisible = visibleRepository(visibility, (value) => `?${bindings.push(value)}`);
  if (orderBy === 'name') {
    const keys = ({ direction, reach }: KeyWindow) => `select r.id id, ${FULL_NAME} key from ${BY_PATH}
      where p.repository_count > 0 and r.published_at_ms is not null and ${isVisible}
      order by p.name || '/' ${direction}, p.id ${direction}, r.name ${direction}, r.id ${direction} limit ${reach}`;
    return { keys, bindings };
  }
  const byAge = 'repositories r indexed by repositories_newest';
  const sql = visibility.isUnlimited
    ? `select r.id id, r.created_at_ms key from ${byAge} where r.published_at_ms is not null`
    : `select r.id id, r.created_at_ms key from ${byAge} cross join projects p on p.id = r.project_id
         where r.published_at_ms is not null and ${isVisible}`;
  return { keys: () => sql, bindings };
}

/** The same keys by the projects of which something is visible, out of order. */
function ofFewProjects(visibility: RepositoryVisibility, orderBy: keyof typeof ORDERS): Keys {
  const bindings: unknown[] = [];
  const bind: Bind = (value) => `?${bindings.push(value)}`;
  const { column, index } = ORDERS[orderBy];
  const projects = `select id from projects where is_public = 1 and deleted_at_ms is null
    union ${limitedProjects(visibility, bind)}`;
  const sql = `select r.id id, ${column} key from (${projects}) found cross join projects p on p.id = found.id
    cross join repositories r indexed by ${index} on r.project_id = p.id
    where r.published_at_ms is not null and ${visibleRepository(visibility, bind)}`;
  return { keys: () => sql, bindings };
}

/** Repositories by their full names. */
function named(names: readonly string[], isVisible: string, bind: Bind): string {
  const pairs = names
    .filter((name) => name.includes('/'))
    .map((name) => ({ project: projectOf(name as RepositoryName), name: withinProject(name as RepositoryName) }));
  return `select r.id from json_each(${bind(JSON.stringify(pairs))}) n
    cross join projects p on p.name = n.value ->> 'project'
    cross join repositories r on r.project_id = p.id and r.name = n.value ->> 'name'
    where r.published_at_ms is not null and ${isVisible}`;
}
