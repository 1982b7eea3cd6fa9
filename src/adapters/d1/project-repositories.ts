import { type Conditions, conditions } from '#adapters/d1/conditions';
import { MAX_CANDIDATES, withinRepository } from '#adapters/d1/repository-matches';
import { type Bind, bound, type Keys, type Sought } from '#adapters/d1/sought-page';
import { isIndexed, phraseOf } from '#adapters/d1/trigrams';
import { type NamePart, parseNamePart, rangeOfPrefix, spanOf } from '#core/name-part';
import type { Project } from '#domain/projects/project';
import type { ProjectRepositoryFilter } from '#domain/repositories/repository-listing';

/** The columns a project's repositories are sorted by, each with the index that has them in that order. */
export const PROJECT_ORDERS = {
  name: { column: 'r.name', index: 'repositories_listed' },
  creation_time: { column: 'r.created_at_ms', index: 'repositories_created' },
  update_time: { column: 'r.updated_at_ms', index: 'repositories_updated' },
  pull_count: { column: 'r.pull_count', index: 'repositories_pulled' },
} as const;

export type ProjectRepositoryOrder = keyof typeof PROJECT_ORDERS;

/** Matches of all projects that are looked at before the names of the project itself are gone through. */
const FEW_MATCHES = 1_000;

/** What tells how a filter's repositories are best found. */
export interface ProjectCounts {
  /** Repositories of the project. */
  readonly repositories: number;
  /** Those of all projects whose names hold the part that is sought, counted to {@link FEW_MATCHES}. */
  readonly matches: number;
}

/** SQL of {@link ProjectCounts}. */
export function countsOf(projectId: number, part: NamePart | undefined, bind: Bind): string {
  const id = bind(projectId);
  const matches =
    part !== undefined && isIndexed(part)
      ? `(select count(*) from (select rowid from repository_search where repository_search match ${bind(phraseOf(part))}
          limit ${FEW_MATCHES}))`
      : '0';
  return `select repository_count repositories, ${matches} matches from projects where id = ${id}`;
}

/** A filtered listing of a project's repositories. */
interface ProjectSelection {
  /** SQL of ids, at most {@link MAX_CANDIDATES}, among which all are that the conditions leave. */
  readonly candidates: string;
  /** Over `repositories r`; what the candidates' parameters stand for is bound with them. */
  readonly where: Conditions;
}

/** Whether a listing leaves out nothing, and so is as long as the project's kept count. */
export function isUnfiltered({ query, ranges }: ProjectRepositoryFilter): boolean {
  return ranges === undefined && Object.keys(query).length === 0;
}

export function allOfProject(project: Project, orderBy: ProjectRepositoryOrder): Keys {
  const { column, index } = PROJECT_ORDERS[orderBy];
  const sql = `select r.id id, ${column} key from repositories r indexed by ${index} 
    where r.project_id = ?1 and r.published_at_ms is not null`;
  const total = { sql: 'select repository_count from projects where id = ?', bindings: [project.id] };
  return { keys: () => sql, bindings: [project.id], total };
}

/** How the repositories that a filter leaves are found; undefined when none can be left. */
export function findInProject(
  project: Project,
  counts: ProjectCounts,
  filter: ProjectRepositoryFilter,
  orderBy: ProjectRepositoryOrder,
): Keys | Sought | undefined {
  const { name } = filter.query;
  if (name?.match === 'fuzzy' && Object.keys(filter.query).length === 1 && !filter.ranges) {
    const part = partWithin(project, name.value);
    if (part === 'none') return undefined;
    if (part === undefined) return allOfProject(project, orderBy);
    const found = soughtInProject(project, counts, part, orderBy);
    if (found) return found;
  }
  const selection = selectRepositories(project, counts.repositories, filter);
  if (!selection) return undefined;
  const { candidates, where } = selection;
  const { column } = PROJECT_ORDERS[orderBy];
  const keys = `select r.id id, ${column} key from (${candidates}) found cross join repositories r on r.id = found.id
    where ${where.sql}`;
  return { keys: () => keys, bindings: where.bindings, isScattered: true };
}

/**
 * Those whose names hold a part, by the trigram index where few of all projects do, and else by going through the names of
 * the project. Undefined where these are too many for that, and the index does not have the part.
 */
function soughtInProject(
  { id }: Project,
  { repositories, matches }: ProjectCounts,
  part: PartWithin,
  orderBy: ProjectRepositoryOrder,
): Sought | undefined {
  const { column, index } = PROJECT_ORDERS[orderBy];
  const isInIndex = part.begins === undefined && isIndexed(part.contains);
  const isSmall = repositories <= MAX_CANDIDATES;
  if (!isInIndex && !isSmall) return undefined;
  const ids = (bind: Bind) =>
    isInIndex && (matches < FEW_MATCHES || !isSmall)
      ? `select r.id from (${withinRepository(part.contains, bind)}) found
          cross join repositories r on r.id = found.id where r.project_id = ${bind(id)}`
      : `select r.id from repositories r indexed by repositories_listed
          where r.project_id = ${bind(id)} and r.published_at_ms is not null and ${holding(part, bind)}`;
  return {
    ids: bound(ids),
    gathered: bound(
      (bind) => `select r.id, ${column} key from (${ids(bind)}) found cross join repositories r on r.id = found.id`,
    ),
    walked: ({ direction, reach, entries }) =>
      bound(
        (bind) => `select id, key from (
          select r.id id, ${column} key, r.name name from repositories r indexed by ${index}
            where r.project_id = ${bind(id)} and r.published_at_ms is not null
            order by key ${direction}, r.id ${direction} limit ${entries}
        ) entry where ${holding(part, bind, 'entry.name')} limit ${reach}`,
      ),
  };
}

/**
 * How the repositories that a filter leaves are found: by their names, by ranges of them, and else by looking at all of
 * the project, or, where these are too many, by the narrowest index. Undefined when no repository can be left.
 */
function selectRepositories(
  project: Project,
  repositoryCount: number,
  filter: ProjectRepositoryFilter,
): ProjectSelection | undefined {
  const { query, ranges } = filter;
  const names = namesWithin(project, query.name);
  const part = query.name?.match === 'fuzzy' ? partWithin(project, query.name.value) : undefined;
  if (names === 'none' || part === 'none') return undefined;
  const where = conditions(['r.project_id = ?1', 'r.published_at_ms is not null'], [project.id])
    .add((list) => `r.name in (select value from json_each(${list}))`, names && JSON.stringify(names))
    .add(inRanges, ranges && JSON.stringify(ranges))
    .matching('r.created_at_ms', query.creation_time)
    .matching('r.updated_at_ms', query.update_time)
    .matching('r.pull_count', query.pull_count);
  const bind: Bind = (value) => where.bind(value);
  where.and(part && holding(part, bind));
  const isSmall = repositoryCount <= MAX_CANDIDATES;
  if (names) return { candidates: byNames(bind(JSON.stringify(names))), where };
  if (ranges) return { candidates: byRanges(bind(JSON.stringify(ranges))), where };
  if (part && !isSmall) return { candidates: byPart(part, bind), where };
  return { candidates: byIndex(isSmall ? undefined : filter, bind), where };
}

/** Names within the project of an exact term; undefined without one, `none` when all are of other projects. */
function namesWithin(
  { name: project }: Project,
  term: ProjectRepositoryFilter['query']['name'],
): readonly string[] | undefined | 'none' {
  if (term === undefined || term.match === 'fuzzy') return undefined;
  const wanted = term.match === 'exact' ? [term.value] : term.values;
  const names = wanted.flatMap((name) => (name.startsWith(`${project}/`) ? [name.slice(project.length + 1)] : []));
  return names.length > 0 ? names : 'none';
}

/** How the name of a repository must be so that the full one holds a part; one condition is enough. */
interface PartWithin {
  readonly contains: NamePart;
  /** Beginnings of the name before which the project's own holds the rest of the part. */
  readonly begins: string | undefined;
}

/** Undefined when every full name of the project holds the part, `none` when no name can. */
function partWithin({ name: project }: Project, text: string): PartWithin | undefined | 'none' {
  const part = parseNamePart(text);
  if (part === undefined) return 'none';
  if (`${project}/`.includes(part)) return undefined;
  const span = spanOf(part);
  const begins = span && project.endsWith(span.projectSuffix) ? span.repositoryPrefix : undefined;
  return { contains: part, begins };
}

function holding({ contains, begins }: PartWithin, bind: Bind, name = 'r.name'): string {
  const within = `instr(${name}, ${bind(contains)}) > 0`;
  return begins === undefined ? within : `(${within} or ${beginning(begins, bind, name)})`;
}

function beginning(prefix: string, bind: Bind, name = 'r.name'): string {
  const { from, before } = rangeOfPrefix(prefix);
  return `(${name} >= ${bind(from)} and ${name} < ${bind(before)})`;
}

function byNames(list: string): string {
  return `select r.id from json_each(${list}) n cross join repositories r on r.project_id = ?1 and r.name = n.value`;
}

function byRanges(list: string): string {
  return `select r.id from json_each(${list}) n cross join repositories r indexed by repositories_listed
    on r.project_id = ?1 and r.name >= n.value ->> 'from' and r.name < n.value ->> 'before'
    where r.published_at_ms is not null limit ${MAX_CANDIDATES}`;
}

function byPart({ contains, begins }: PartWithin, bind: Bind): string {
  const within = `select found.id from (${withinRepository(contains, bind)}) found`;
  if (begins === undefined) return within;
  return `${within} union select id from (select r.id from repositories r indexed by repositories_listed
    where r.project_id = ?1 and r.published_at_ms is not null and ${beginning(begins, bind)} limit ${MAX_CANDIDATES})`;
}

/** The project's repositories, of which a large project gives those that the first condition leaves. */
function byIndex(filter: ProjectRepositoryFilter | undefined, bind: Bind): string {
  const terms = ['r.project_id = ?1', 'r.published_at_ms is not null'];
  const key = RANGE_KEYS.find((known) => filter?.query[known]);
  const condition = key && filter?.query[key];
  const { column, index } = PROJECT_ORDERS[key ?? 'name'];
  if (condition) {
    const [min, max] =
      condition.match === 'exact' ? [condition.value, condition.value] : [condition.min, condition.max];
    if (min !== undefined) terms.push(`${column} >= ${bind(min)}`);
    if (max !== undefined) terms.push(`${column} <= ${bind(max)}`);
  }
  return `select r.id from repositories r indexed by ${index} where ${terms.join(' and ')} limit ${MAX_CANDIDATES}`;
}

const RANGE_KEYS = ['creation_time', 'update_time', 'pull_count'] as const;

/** The term of a name that is in one of the ranges of a JSON text. */
function inRanges(parameter: string): string {
  return `exists (select 1 from json_each(${parameter}) n
    where r.name >= n.value ->> 'from' and r.name < n.value ->> 'before')`;
}
