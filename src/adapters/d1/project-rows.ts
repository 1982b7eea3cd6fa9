import { type Conditions, conditions, containing } from '#adapters/d1/conditions';
import type { Role } from '#core/rbac/role-matrix';
import type { Project } from '#domain/projects/project';
import type { ProjectFilter, ProjectSummary } from '#domain/projects/project-store';

export interface ProjectRow {
  readonly id: number;
  readonly name: string;
  readonly owner_id: number;
  readonly owner_name: string;
  readonly is_public: number;
  readonly security_version: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

export interface SummaryRow extends ProjectRow {
  readonly repository_count: number;
  /** JSON object of text. */
  readonly metadata: string;
  /** JSON list of the caller's roles; empty when the caller is no member. */
  readonly caller_roles: string;
}

const COLUMNS = `p.id, p.name, p.owner_id, u.username owner_name, p.is_public, p.security_version, p.created_at_ms,
  p.updated_at_ms`;

/** Projects with their owners' names; a `where` follows. */
export const SELECT_PROJECT = `select ${COLUMNS} from projects p join users u on u.id = p.owner_id`;

/** A user's roles in a project, their own and those of their groups; `user` and `project` are SQL for the two ids. */
export function selectRoles(user: string, project: string): string {
  return `select m.role from project_members m where m.project_id = ${project} and m.user_id = ${user}
    union select m.role from user_group_members g
      join project_members m on m.project_id = ${project} and m.group_id = g.group_id where g.user_id = ${user}`;
}

/** As {@link SELECT_PROJECT}, with what listings show to `caller`, SQL for a user id or null. */
export function selectSummary(caller: string): string {
  return `select ${COLUMNS},
    p.repository_count,
    (select json_group_object(m.name, m.value) from project_metadata m where m.project_id = p.id) metadata,
    (select json_group_array(role) from (${selectRoles(caller, 'p.id')})) caller_roles
    from projects p join users u on u.id = p.owner_id`;
}

/** Which projects a listing is about. */
export function conditionOf(filter: ProjectFilter): Conditions {
  const where = conditions(['p.deleted_at_ms is null']);
  if (!filter.isUnlimited && filter.memberId !== undefined) where.add(visibleTo, filter.memberId);
  if (!filter.isUnlimited && filter.memberId === undefined) where.add(visibleById, JSON.stringify(filter.visibleIds));
  return where
    .add((name) => `p.name = ${name}`, filter.name)
    .add(containing('p.name'), filter.nameContains)
    .add((flag) => `p.is_public = ${flag}`, filter.isPublic === undefined ? undefined : Number(filter.isPublic))
    .add((owner) => `u.username = ${owner}`, filter.owner);
}

/** Public projects, and those a user is a member of. Each part is found by an index, so that no other project is read. */
function visibleTo(user: string): string {
  return `p.id in (select project_id from project_members where user_id = ${user}
    union all select m.project_id from user_group_members g join project_members m on m.group_id = g.group_id
      where g.user_id = ${user}
    union all select id from projects where is_public = 1 and deleted_at_ms is null)`;
}

/** Public projects, and those a machine's permissions name; `ids` is a JSON list. */
function visibleById(ids: string): string {
  return `p.id in (select value from json_each(${ids})
    union all select id from projects where is_public = 1 and deleted_at_ms is null)`;
}

export function toProject(row: ProjectRow): Project {
  return {
    id: row.id,
    name: row.name,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    isPublic: row.is_public === 1,
    securityVersion: row.security_version,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

export function toSummary(row: SummaryRow): ProjectSummary {
  return {
    project: toProject(row),
    repositoryCount: row.repository_count,
    metadata: JSON.parse(row.metadata) as Record<string, string>,
    callerRoles: JSON.parse(row.caller_roles) as Role[],
  };
}
