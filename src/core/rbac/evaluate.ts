import type { Permission } from '#core/rbac/resources';
import { GRANTS, granteeOf, type Role } from '#core/rbac/role-matrix';

/** What decides about a permission inside one project. */
export interface ProjectAccess {
  readonly isSystemAdmin: boolean;
  /** The caller's roles in the project; none when the caller is not a member. */
  readonly roles: readonly Role[];
  readonly isPublic: boolean;
}

/** Whether somebody with this access may do `permission` in the project. */
export function isAllowed(access: ProjectAccess, permission: Permission): boolean {
  if (access.isSystemAdmin) return true;
  if (access.isPublic && GRANTS.public.has(permission)) return true;
  return access.roles.some((role) => GRANTS[granteeOf(role)].has(permission));
}
