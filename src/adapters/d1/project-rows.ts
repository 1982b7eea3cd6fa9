import { selectAllowlist, toAllowlist } from '#adapters/d1/cve-allowlist-rows';
import type { Role } from '#core/rbac/role-matrix';
import type { Project } from '#domain/projects/project';
import type { ProjectDetail, ProjectSummary } from '#domain/projects/project-listing';

export interface ProjectRow {
  readonly id: number;
  readonly name: string;
  readonly owner_id: number;
  readonly owner_name: string;
  readonly is_public: number;
  readonly security_version: number;
  readonly has_repository_aliases: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

export interface SummaryRow extends ProjectRow {
  readonly repository_count: number;
  /** JSON list of the caller's roles; empty when the caller is no member. */
  readonly caller_roles: string;
  /** JSON object of text; null where no detail was asked for. */
  readonly metadata: string | null;
  /** JSON object; null without an allowlist. */
  readonly allowlist: string | null;
}

const COLUMNS = `p.id, p.name, p.owner_id, u.username owner_name, p.is_public, p.security_version, p.created_at_ms,
  p.updated_at_ms, exists (select 1 from repository_aliases ra where ra.project_id = p.id) has_repository_aliases`;

/** Projects with their owners' names; a `where` follows. */
export const SELECT_PROJECT = `select ${COLUMNS} from projects p join users u on u.id = p.owner_id`;

/** The columns of `projects p` and its owner `users u`, after another one; a `from` follows. */
export function selectProjectColumns(first: string): string {
  return `select ${first}, ${COLUMNS}`;
}

/** SQL for the id of the project that has a name, or had it and is still found by it; `name` and `nowMs` are SQL. */
export function selectProjectId(name: string, nowMs: string): string {
  return `coalesce((select id from projects where name = ${name} and deleted_at_ms is null),
    (select project_id from project_aliases where name = ${name} and expires_at_ms > ${nowMs}))`;
}

/** A user's roles in a project, their own and those of their groups; `user` and `project` are SQL for the two ids. */
export function selectRoles(user: string, project: string): string {
  return `select m.role from project_members m where m.project_id = ${project} and m.user_id = ${user}
    union select m.role from user_group_members g
      join project_members m on m.project_id = ${project} and m.group_id = g.group_id where g.user_id = ${user}`;
}

/** As {@link SELECT_PROJECT}, with what listings show to `caller`, SQL for a user id or null. */
export function selectSummary(caller: string, isDetailed: boolean): string {
  const detail = `(select json_group_object(m.name, m.value) from project_metadata m where m.project_id = p.id) metadata,
    (${selectAllowlist('p.id')}) allowlist`;
  return `select ${COLUMNS}, p.repository_count,
    (select json_group_array(role) from (${selectRoles(caller, 'p.id')})) caller_roles,
    ${isDetailed ? detail : 'null metadata, null allowlist'}
    from projects p join users u on u.id = p.owner_id`;
}

export function toProject(row: ProjectRow): Project {
  return {
    id: row.id,
    name: row.name,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    isPublic: row.is_public === 1,
    securityVersion: row.security_version,
    hasRepositoryAliases: row.has_repository_aliases === 1,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

export function toSummary(row: SummaryRow): ProjectSummary {
  return {
    project: toProject(row),
    repositoryCount: row.repository_count,
    callerRoles: JSON.parse(row.caller_roles) as Role[],
    detail: row.metadata === null ? undefined : toDetail(row.metadata, row.allowlist),
  };
}

export function toDetail(metadata: string, allowlist: string | null): ProjectDetail {
  return {
    metadata: JSON.parse(metadata) as Record<string, string>,
    allowlist: allowlist === null ? undefined : toAllowlist(allowlist),
  };
}
