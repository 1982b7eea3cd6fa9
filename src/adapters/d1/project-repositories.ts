import { type Conditions, conditions } from '#adapters/d1/conditions';
import { MAX_CANDIDATES, withinRepository } from '#adapters/d1/repository-matches';
import type { Bind } from '#adapters/d1/repository-visibility';
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

/** A filtered listing of a project's repositories. */
export interface ProjectSelection {
  /** SQL of ids, at most {@link MAX_CANDIDATES}, among which all are that the conditions leave. */
  readonly candidates: string;
  /** Over `repositories r`; what the candidates' parameters stand for is bound with them. */
  readonly where: Conditions;
}

/** Whether a listing leaves out nothing, and so is as long as the project's kept count. */
export function isUnfiltered({ query, ranges }: ProjectRepositoryFilter): boolean {
  return ranges === undefined && Object.keys(query).length === 0;
}

/**
 * How the repositories that a filter leaves are found: by their names, by ranges of them, and else by looking at all of
 * the project, or, where these are too many, by the narrowest index. Undefined when no repository can be left.
 */
export function selectRepositories(
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

function holding({ contains, begins }: PartWithin, bind: Bind): string {
  const within = `instr(r.name, ${bind(contains)}) > 0`;
  return begins === undefined ? within : `(${within} or ${beginning(begins, bind)})`;
}

function beginning(prefix: string, bind: Bind): string {
  const { from, before } = rangeOfPrefix(prefix);
  return `(r.name >= ${bind(from)} and r.name < ${bind(before)})`;
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
