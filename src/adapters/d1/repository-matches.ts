import type { Bind } from '#adapters/d1/sought-page';
import { isIndexed, phraseOf } from '#adapters/d1/trigrams';
import { type NamePart, rangeOfPrefix, type SpanningPart, spanOf } from '#core/name-part';

/** What one index gives to a search is cut off here; what lies behind is not found. */
export const MAX_CANDIDATES = 10_000;

/**
 * SQL of the ids of the published repositories whose full names hold the part, and of which `visible`, a condition over
 * `projects p` and `repositories r`, is true; undefined is true of each. Each way in which a name can hold it is a search
 * of its own, which looks at no more than `most`.
 */
export function repositoryMatches(
  part: NamePart,
  visible: string | undefined,
  bind: Bind,
  most: number = MAX_CANDIDATES,
): string {
  const span = spanOf(part);
  const isVisible = visible ?? 'true';
  const within = withinRepository(part, bind, most);
  // What the index has is published, and its project not deleted.
  const byRepository = visible === undefined ? within : ofRepositories(within, visible);
  if (span) {
    const searches = [byRepository, ...spanning(span, isVisible, bind, most)];
    return searches.map((search) => `select id from (${search})`).join(' union ');
  }
  // By what the name of the project holds and that of the repository does not, so that none is found twice.
  const condition = isIndexed(part) ? `instr(r.name, ${bind(part)}) = 0` : `not (${begins(part, bind)})`;
  const byProject = ofProjects(projectMatches(part, bind, most), { isVisible, condition, most });
  return `select id from (${byRepository}) union all select id from (${byProject})`;
}

/** SQL of the ids of the projects whose names hold the part, or begin with it when it is short. */
function projectMatches(part: string, bind: Bind, most: number): string {
  if (isIndexed(part)) return indexed('project_search', part, bind, most);
  const { from, before } = rangeOfPrefix(part);
  return `select id from projects where name >= ${bind(from)} and name < ${bind(before)} limit ${most}`;
}

/** SQL of the ids of the repositories whose names within their projects hold the part, or begin with it when it is short. */
export function withinRepository(part: string, bind: Bind, most: number = MAX_CANDIDATES): string {
  return isIndexed(part) ? indexed('repository_search', part, bind, most) : beginning(part, bind, most);
}

function beginning(prefix: string, bind: Bind, most: number): string {
  return `select id from repositories r indexed by repositories_prefix where published_at_ms is not null
    and ${begins(prefix, bind)} limit ${most}`;
}

/** Over the slash: by the end of the project's name where that is long enough, or by the beginning of the repository's. */
function spanning(
  { projectSuffix, repositoryPrefix }: SpanningPart,
  isVisible: string,
  bind: Bind,
  most: number,
): string[] {
  const begin = begins(repositoryPrefix, bind);
  const suffix = bind(projectSuffix);
  const ends = `substr(p.name, -length(${suffix}), length(${suffix})) = ${suffix}`;
  if (isIndexed(projectSuffix)) {
    return [
      ofProjects(projectMatches(projectSuffix, bind, most), { isVisible, condition: `${ends} and ${begin}`, most }),
    ];
  }
  if (isIndexed(repositoryPrefix)) {
    return [
      ofRepositories(
        indexed('repository_search', repositoryPrefix, bind, most),
        `${isVisible} and ${ends} and ${begin}`,
      ),
    ];
  }
  const whole = `select id from projects where name = ${suffix}`;
  return [ofProjects(whole, { isVisible, condition: begin, most })];
}

function begins(prefix: string, bind: Bind): string {
  const { from, before } = rangeOfPrefix(prefix);
  return `r.name >= ${bind(from)} and r.name < ${bind(before)}`;
}

/** The candidates that are visible, of ids of repositories. */
function ofRepositories(candidates: string, isVisible: string): string {
  return `select r.id from (${candidates}) found cross join repositories r on r.id = found.id
    cross join projects p on p.id = r.project_id where r.published_at_ms is not null and ${isVisible}`;
}

/** The repositories that are visible, of ids of projects. */
function ofProjects(
  candidates: string,
  { isVisible, condition, most }: { readonly isVisible: string; readonly condition: string; readonly most: number },
): string {
  return `select r.id from (${candidates}) found cross join projects p on p.id = found.id
    cross join repositories r indexed by repositories_listed on r.project_id = p.id
    where r.published_at_ms is not null and ${isVisible} and ${condition} limit ${most}`;
}

/** Ids by a trigram index. */
function indexed(table: 'project_search' | 'repository_search', part: string, bind: Bind, most: number): string {
  return `select rowid id from ${table} where ${table} match ${bind(phraseOf(part))} limit ${most}`;
}
