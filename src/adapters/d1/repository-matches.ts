import type { Bind } from '#adapters/d1/repository-visibility';
import { type NamePart, rangeOfPrefix, type SpanningPart, spanOf } from '#core/name-part';

/** What one index gives to a search is cut off here; what lies behind is not found. */
export const MAX_CANDIDATES = 10_000;
/** The trigram index finds nothing shorter. */
const MIN_INDEXED = 3;

/**
 * SQL of the ids of the published repositories whose full names hold the part, and of which `isVisible`, a condition over
 * `projects p` and `repositories r`, is true. Each way in which a name can hold it is a search of its own.
 */
export function repositoryMatches(part: NamePart, isVisible: string, bind: Bind): string {
  const span = spanOf(part);
  const searches = [ofRepositories(withinRepository(part, bind), isVisible)];
  if (!span) searches.push(ofProjects(projectMatches(part, bind), isVisible, 'true'));
  else searches.push(...spanning(span, isVisible, bind));
  return searches.map((search) => `select id from (${search})`).join(' union ');
}

/** SQL of the ids of the projects whose names hold the part, or begin with it when it is short. */
function projectMatches(part: string, bind: Bind): string {
  if (part.length >= MIN_INDEXED) return indexed('project_search', part, bind);
  const { from, before } = rangeOfPrefix(part);
  return `select id from projects where name >= ${bind(from)} and name < ${bind(before)} limit ${MAX_CANDIDATES}`;
}

/** SQL of the ids of the repositories whose names within their projects hold the part, or begin with it when it is short. */
export function withinRepository(part: string, bind: Bind): string {
  return part.length >= MIN_INDEXED ? indexed('repository_search', part, bind) : beginning(part, bind);
}

function beginning(prefix: string, bind: Bind): string {
  return `select id from repositories r indexed by repositories_prefix where published_at_ms is not null
    and ${begins(prefix, bind)} limit ${MAX_CANDIDATES}`;
}

/** Over the slash: by the end of the project's name where that is long enough, or by the beginning of the repository's. */
function spanning({ projectSuffix, repositoryPrefix }: SpanningPart, isVisible: string, bind: Bind): string[] {
  const begin = begins(repositoryPrefix, bind);
  const suffix = bind(projectSuffix);
  const ends = `substr(p.name, -length(${suffix}), length(${suffix})) = ${suffix}`;
  if (projectSuffix.length >= MIN_INDEXED) {
    return [ofProjects(projectMatches(projectSuffix, bind), isVisible, `${ends} and ${begin}`)];
  }
  if (repositoryPrefix.length >= MIN_INDEXED) {
    return [
      ofRepositories(indexed('repository_search', repositoryPrefix, bind), `${isVisible} and ${ends} and ${begin}`),
    ];
  }
  const whole = `select id from projects where name = ${suffix}`;
  return [ofProjects(whole, isVisible, begin)];
}

function begins(prefix: string, bind: Bind): string {
  const { from, before } = rangeOfPrefix(prefix);
  return `r.name >= ${bind(from)} and r.name < ${bind(before)}`;
}

/** The candidates that are visible, of ids of repositories. */
function ofRepositories(candidates: string, isVisible: string): string {
  return `select r.id from (${candidates}) m cross join repositories r on r.id = m.id
    cross join projects p on p.id = r.project_id where r.published_at_ms is not null and ${isVisible}`;
}

/** The repositories that are visible, of ids of projects. */
function ofProjects(candidates: string, isVisible: string, condition: string): string {
  return `select r.id from (${candidates}) m cross join projects p on p.id = m.id
    cross join repositories r indexed by repositories_listed on r.project_id = p.id
    where r.published_at_ms is not null and ${isVisible} and ${condition} limit ${MAX_CANDIDATES}`;
}

/** Ids by a trigram index: one phrase, in which only quotes mean anything. */
function indexed(table: 'project_search' | 'repository_search', part: string, bind: Bind): string {
  const phrase = bind(`"${part.replaceAll('"', '""')}"`);
  return `select rowid id from ${table} where ${table} match ${phrase} limit ${MAX_CANDIDATES}`;
}
