import type { Role } from '#core/rbac/role-matrix';
import type { Member } from '#domain/members/member';

export interface MemberRow {
  readonly id: number;
  readonly project_id: number;
  readonly role: Role;
  readonly user_id: number | null;
  /** Null for a user. */
  readonly group_id: number | null;
  readonly entity_name: string;
}

/** SQL for the name of a member. */
export const ENTITY_NAME = 'coalesce(u.username, g.name)';

/** Members with their names; a `where` follows. */
export const SELECT_MEMBER = `select m.id, m.project_id, m.role, m.user_id, m.group_id, ${ENTITY_NAME} entity_name
  from project_members m left join users u on u.id = m.user_id left join user_groups g on g.id = m.group_id`;

export function toMember(row: MemberRow): Member {
  const name = row.entity_name;
  return {
    id: row.id,
    projectId: row.project_id,
    role: row.role,
    entity:
      row.group_id === null ? { kind: 'user', id: row.user_id ?? 0, name } : { kind: 'group', id: row.group_id, name },
  };
}
