import type { Action, Permission, Resource } from '#core/rbac/resources';

/** Harbor's project roles, by the numbers it uses on the wire. */
export const ROLES = { projectAdmin: 1, developer: 2, guest: 3, maintainer: 4, limitedGuest: 5 } as const;

export type Role = (typeof ROLES)[keyof typeof ROLES];

/** What anyone may do in a public project, member or not. */
export type Grantee = keyof typeof ROLES | 'public';

const LETTERS: Readonly<Record<string, Action>> = {
  C: 'create',
  R: 'read',
  U: 'update',
  D: 'delete',
  L: 'list',
  S: 'stop',
  O: 'operate',
  pull: 'pull',
  push: 'push',
};

/**
 * The one role matrix (`harbor:src/common/rbac/project/rbac_role.go`). Columns: project administrator, maintainer,
 * developer, guest, limited guest, anyone in a public project. C create, R read, U update, D delete, L list, S stop,
 * O operate; `-` nothing.
 */
const MATRIX: Readonly<Partial<Record<Resource, readonly [string, string, string, string, string, string]>>> = {
  project: ['R U D', 'R', 'R', 'R', 'R', 'R'],
  accessory: ['L', 'L', 'L', 'L', 'L', 'L'],
  artifact: ['C R D L', 'C R D L', 'C R L', 'R L', 'R L', 'R L'],
  'artifact-addition': ['R', 'R', 'R', 'R', 'R', 'R'],
  'artifact-label': ['C D', 'C D', 'C D', '-', '-', '-'],
  configuration: ['R U', 'R', 'R', 'R', 'R', '-'],
  'export-cve': ['C R L', 'C R L', 'C R L', '-', '-', '-'],
  'immutable-tag': ['C U D L', 'C U D L', '-', '-', '-', '-'],
  label: ['C R U D L', 'C R U D L', 'R L', 'R L', '-', 'R L'],
  log: ['L', '-', '-', '-', '-', '-'],
  member: ['C R U D L', 'R L', 'R L', 'R L', '-', '-'],
  metadata: ['C R U D', 'R', '-', '-', '-', '-'],
  'notification-policy': ['C R U D L', 'R L', '-', '-', '-', '-'],
  'preheat-policy': ['C R U D L', '-', '-', '-', '-', '-'],
  quota: ['R', 'R', 'R', 'R', 'R', '-'],
  repository: ['C R U D L pull push', 'C R U D L pull push', 'C R U L pull push', 'R L pull', 'R L pull', 'L pull'],
  robot: ['C R U D L', 'R L', 'R L', 'R L', '-', '-'],
  sbom: ['C R S', 'C R S', 'R', 'R', 'R', '-'],
  scan: ['C R S', 'C R S', 'R', 'R', 'R', 'R'],
  scanner: ['C R', 'R', 'R', 'R', 'R', 'R'],
  tag: ['C D L', 'C D L', 'C L', 'L', 'L', 'L'],
  'tag-retention': ['C R U D L O', 'C R U D L O', 'C R U D L O', '-', '-', '-'],
};

const COLUMNS: readonly Grantee[] = ['projectAdmin', 'maintainer', 'developer', 'guest', 'limitedGuest', 'public'];

function permissionsOf(column: number): ReadonlySet<Permission> {
  const permissions = Object.entries(MATRIX).flatMap(([resource, cells]) =>
    (cells[column] ?? '-').split(' ').flatMap((letter): Permission[] => {
      const action = LETTERS[letter];
      return action ? [`${resource as Resource}:${action}`] : [];
    }),
  );
  return new Set(permissions);
}

/** Every permission of each role, and of anyone in a public project. */
export const GRANTS = Object.fromEntries(
  COLUMNS.map((grantee, column) => [grantee, permissionsOf(column)]),
) as Readonly<Record<Grantee, ReadonlySet<Permission>>>;

export function granteeOf(role: Role): Grantee {
  const entry = Object.entries(ROLES).find(([, number]) => number === role);
  if (!entry) throw new RangeError(`no role has the number ${role}`);
  return entry[0] as Grantee;
}

/** The roles that have the permission. */
export function rolesWith(permission: Permission): readonly Role[] {
  return Object.values(ROLES).filter((role) => GRANTS[granteeOf(role)].has(permission));
}
