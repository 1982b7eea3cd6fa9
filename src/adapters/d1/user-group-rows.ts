import { groupKey } from '#domain/groups/group-key';
import type { ExternalGroup, GroupType, UserGroup } from '#domain/groups/user-group';

export interface UserGroupRow {
  readonly id: number;
  readonly name: string;
  readonly type: GroupType;
  readonly ldap_dn: string | null;
}

/** Groups; a `where` follows. */
export const SELECT_GROUP = 'select id, name, type, ldap_dn from user_groups';

export function toUserGroup({ id, name, type, ldap_dn: ldapDn }: UserGroupRow): UserGroup {
  return { id, name, type, ldapDn: ldapDn ?? undefined };
}

/** Makes the group unless there is such a one. */
export function insertGroup(db: D1Database, group: ExternalGroup, nowMs: number): D1PreparedStatement {
  return db
    .prepare(
      `insert into user_groups (name, type, ldap_dn, key, created_at_ms, updated_at_ms) values (?1, ?2, ?3, ?4, ?5, ?5)
         on conflict (type, key) do nothing`,
    )
    .bind(group.name, group.type, group.ldapDn ?? null, groupKey(group), nowMs);
}
