import type { Bind } from '#adapters/d1/sought-page';
import type { RepositoryVisibility } from '#domain/repositories/repository-visibility';

/**
 * The condition of a visible repository over `projects p` and `repositories r`. Its first part is about the project alone,
 * so that a query reads no repository of one that is invisible.
 */
export function visibleRepository(visibility: RepositoryVisibility, bind: Bind): string {
  const { isUnlimited, ranges, everyProjectBut } = visibility;
  if (isUnlimited) return 'p.deleted_at_ms is null';
  const whole = ['p.is_public = 1', `p.id in (${wholeProjects(visibility, bind)})`];
  if (everyProjectBut) whole.push(`p.id not in (${jsonList(everyProjectBut, bind)})`);
  if (ranges.length === 0) return `p.deleted_at_ms is null and (${whole.join(' or ')})`;
  const list = bind(JSON.stringify(ranges));
  const isOfProject = `p.id in (select value ->> 'projectId' from json_each(${list}))`;
  const isInRange = `exists (select 1 from json_each(${list}) n where n.value ->> 'projectId' = r.project_id
    and r.name >= n.value ->> 'from' and r.name < n.value ->> 'before')`;
  return `p.deleted_at_ms is null and (${[...whole, isOfProject].join(' or ')})
    and (${[...whole, isInRange].join(' or ')})`;
}

/** Ids of the projects that are not public and of which something is visible; not for one who sees every project. */
export function limitedProjects(visibility: RepositoryVisibility, bind: Bind): string {
  const ofRanges = visibility.ranges.map(({ projectId }) => projectId);
  return `${wholeProjects(visibility, bind)} union ${jsonList(ofRanges, bind)}`;
}

/** Ids of the projects that are visible as a whole to this caller; public ones need not be among them. */
function wholeProjects({ memberId, projectIds }: RepositoryVisibility, bind: Bind): string {
  if (memberId === undefined) return jsonList(projectIds, bind);
  const user = bind(memberId);
  return `select project_id from project_members where user_id = ${user}
    union select m.project_id from user_group_members g join project_members m on m.group_id = g.group_id
      where g.user_id = ${user}`;
}

function jsonList(values: readonly number[], bind: Bind): string {
  return `select value from json_each(${bind(JSON.stringify(values))})`;
}
