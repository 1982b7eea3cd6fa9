import { z } from '@hono/zod-openapi';
import { granteeOf } from '#core/rbac/role-matrix';
import type { Member } from '#domain/members/member';
import type { MemberReference } from '#domain/members/member-resolver';
import { orNull } from '#routes/api/schemas/common';
import { toGroupDescription, userGroupReqSchema } from '#routes/api/schemas/user-group';

const roleId = z.int().openapi({
  description: '1 project administrator, 2 developer, 3 guest, 4 maintainer, 5 limited guest',
});

const userEntitySchema = z
  .object({ user_id: z.int().nullish(), username: z.string().max(1_024).nullish() })
  .openapi('UserEntity');

export const projectMemberSchema = z
  .object({
    role_id: roleId.nullish(),
    member_user: orNull(userEntitySchema).optional(),
    member_group: orNull(userGroupReqSchema).optional(),
  })
  .openapi('ProjectMember');

export const roleRequestSchema = z.object({ role_id: roleId.nullish() }).openapi('RoleRequest');

export const projectMemberEntitySchema = z
  .object({
    id: z.int(),
    project_id: z.int(),
    entity_name: z.string(),
    role_name: z.string(),
    role_id: z.int(),
    entity_id: z.int(),
    entity_type: z.enum(['u', 'g']),
  })
  .openapi('ProjectMemberEntity');

export function toMemberReference({
  member_user: user,
  member_group: group,
}: z.output<typeof projectMemberSchema>): MemberReference {
  return {
    user: { id: user?.user_id ?? 0, username: user?.username ?? '' },
    group: { id: group?.id ?? 0, ...toGroupDescription(group ?? {}) },
  };
}

export function toMemberDto({ id, projectId, role, entity }: Member): z.infer<typeof projectMemberEntitySchema> {
  return {
    id,
    project_id: projectId,
    entity_name: entity.name,
    role_name: granteeOf(role),
    role_id: role,
    entity_id: entity.id,
    entity_type: entity.kind === 'user' ? 'u' : 'g',
  };
}
