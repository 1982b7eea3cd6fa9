import { z } from '@hono/zod-openapi';
import type { GroupDescription } from '#domain/groups/group-rules';
import type { UserGroup } from '#domain/groups/user-group';

/** Harbor's `UserGroup`, as clients send it. */
export const userGroupReqSchema = z
  .object({
    id: z.int().nullish(),
    group_name: z.string().max(1_024).nullish(),
    group_type: z.int().nullish().openapi({ description: '1 LDAP, 2 HTTP, 3 OIDC' }),
    ldap_group_dn: z.string().max(1_024).nullish().openapi({ description: 'of LDAP groups alone' }),
  })
  .openapi('UserGroupReq');

export const userGroupSchema = z
  .object({
    id: z.int(),
    group_name: z.string(),
    group_type: z.int(),
    ldap_group_dn: z.string().optional(),
  })
  .openapi('UserGroup');

export const userGroupSearchItemSchema = z
  .object({ id: z.int(), group_name: z.string(), group_type: z.int() })
  .openapi('UserGroupSearchItem');

export function toGroupDescription(group: z.output<typeof userGroupReqSchema>): GroupDescription {
  return { name: group.group_name ?? '', type: group.group_type ?? 0, ldapDn: group.ldap_group_dn ?? '' };
}

export function toUserGroupDto(group: UserGroup): z.infer<typeof userGroupSchema> {
  return { ...toUserGroupSearchItem(group), ...(group.ldapDn !== undefined && { ldap_group_dn: group.ldapDn }) };
}

export function toUserGroupSearchItem({ id, name, type }: UserGroup): z.infer<typeof userGroupSearchItemSchema> {
  return { id, group_name: name, group_type: type };
}
