import type { Permission } from '#core/rbac/resources';
import { grantablePermissions, type PermissionKind } from '#core/rbac/robot-permissions';
import { GRANTS } from '#core/rbac/role-matrix';

function grantable(kind: PermissionKind): readonly Permission[] {
  return grantablePermissions(kind).map(({ resource, action }): Permission => `${resource}:${action}`);
}

/** Everything anybody can have a right to, on the system and in a project. */
export const ALL_PERMISSIONS: Readonly<Record<PermissionKind, readonly Permission[]>> = {
  system: [...grantable('system'), 'configuration:read', 'configuration:update'],
  project: [...new Set([...Object.values(GRANTS).flatMap((permissions) => [...permissions]), ...grantable('project')])],
};
