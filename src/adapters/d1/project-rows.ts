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
  /** The caller's role; null when the caller is no member. */
  readonly caller_role: Role | null;
}

const COLUMNS = `p.id, p.name, p.owner_id, u.username owner_name, p.is_public, p.security_version, p.created_at_ms,
  p.updated_at_ms`;

/** Projects with their owners' names; a `where` follows. */
export const SELECT_PROJECT = `select ${COLUMNS} from projects p join users u on u.id = p.owner_id`;

/** As {@link SELECT_PROJECT}, with what listings show; `?1` is the caller's user id or null. */
export const SELECT_SUMMARY = `select ${COLUMNS},
  (select count(*) from repositories r where r.project_id = p.id and r.published_at_ms is not null) repository_count,
  (select json_group_object(m.name, m.value) from project_metadata m where m.project_id = p.id) metadata,
  (select m.role from project_members m where m.project_id = p.id and m.user_id = ?1) caller_role
  from projects p join users u on u.id = p.owner_id`;

/**
 * The condition of a listing. `?1` is the caller's user id or null, `?2` whether every project is visible, `?3` a
 * JSON list of the ids of more visible ones.
 */
export function conditionOf(filter: ProjectFilter): { readonly sql: string; readonly bindings: readonly unknown[] } {
  const bindings: unknown[] = [filter.memberId ?? null, filter.isUnlimited ? 1 : 0, JSON.stringify(filter.visibleIds)];
  const terms = [
    'p.deleted_at_ms is null',
    `(?2 or p.is_public = 1 or p.id in (select value from json_each(?3))
      or exists (select 1 from project_members m where m.project_id = p.id and m.user_id = ?1))`,
  ];
  const add = (term: (parameter: string) => string, value: unknown) => {
    if (value !== undefined) terms.push(term(`?${bindings.push(value)}`));
  };
  add((name) => `p.name = ${name}`, filter.name);
  add((part) => `instr(p.name, lower(${part})) > 0`, filter.nameContains);
  add((flag) => `p.is_public = ${flag}`, filter.isPublic === undefined ? undefined : Number(filter.isPublic));
  add((owner) => `u.username = ${owner}`, filter.owner);
  return { sql: terms.join(' and '), bindings };
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
    callerRoles: row.caller_role === null ? [] : [row.caller_role],
  };
}
