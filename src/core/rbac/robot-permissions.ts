import type { Action, Permission, Resource } from '#core/rbac/resources';

/** Whether a permission is about the system or about a project. */
export type PermissionKind = 'system' | 'project';

/** Harbor's `Access`: one action on one resource, granted or, with `deny`, taken away. */
export interface Access {
  readonly resource: Resource;
  readonly action: Action;
  readonly effect: 'allow' | 'deny';
}

/** What a robot may be given (`harbor:src/common/rbac/const.go`), as `GET /permissions` tells it. */
const GRANTABLE: Readonly<Record<PermissionKind, Readonly<Partial<Record<Resource, readonly Action[]>>>>> = {
  system: {
    'audit-log': ['list'],
    catalog: ['read'],
    'garbage-collection': ['read', 'create', 'list', 'update', 'stop'],
    'jobservice-monitor': ['list', 'stop'],
    label: ['read', 'create', 'delete', 'update'],
    'ldap-user': ['create', 'list'],
    'preheat-instance': ['read', 'create', 'delete', 'list', 'update'],
    project: ['list', 'create'],
    'purge-audit': ['read', 'create', 'list', 'update', 'stop'],
    quota: ['read', 'list', 'update'],
    registry: ['read', 'create', 'delete', 'list', 'update'],
    replication: ['read', 'create', 'list'],
    'replication-adapter': ['list'],
    'replication-policy': ['read', 'create', 'delete', 'list', 'update'],
    robot: ['create', 'read', 'list', 'delete'],
    'scan-all': ['read', 'update', 'stop', 'create'],
    scanner: ['read', 'create', 'delete', 'list', 'update'],
    'security-hub': ['read', 'list'],
    'system-volumes': ['read'],
    user: ['create', 'read', 'update', 'list', 'delete'],
    'user-group': ['create', 'read', 'update', 'list', 'delete'],
  },
  project: {
    accessory: ['list'],
    artifact: ['read', 'create', 'list', 'delete'],
    'artifact-addition': ['read'],
    'artifact-label': ['create', 'delete'],
    'export-cve': ['create', 'read'],
    'immutable-tag': ['create', 'delete', 'list', 'update'],
    label: ['read', 'create', 'delete', 'list', 'update'],
    log: ['list'],
    member: ['create', 'read', 'update', 'list', 'delete'],
    metadata: ['read', 'create', 'delete', 'list', 'update'],
    'notification-policy': ['read', 'create', 'delete', 'list', 'update'],
    'preheat-policy': ['read', 'create', 'delete', 'list', 'update'],
    project: ['read', 'delete', 'update'],
    quota: ['read'],
    repository: ['read', 'update', 'delete', 'list', 'pull', 'push'],
    robot: ['create', 'read', 'list', 'delete'],
    sbom: ['create', 'stop', 'read'],
    scan: ['create', 'read', 'stop'],
    scanner: ['create', 'read'],
    tag: ['create', 'list', 'delete'],
    'tag-retention': ['read', 'create', 'delete', 'list', 'update'],
  },
};

/** Every permission a robot may be given, in Harbor's order. */
export function grantablePermissions(kind: PermissionKind): readonly Pick<Access, 'resource' | 'action'>[] {
  return Object.entries(GRANTABLE[kind]).flatMap(([resource, actions]) =>
    actions.map((action) => ({ resource: resource as Resource, action })),
  );
}

/** Whether a robot may be given this. */
export function isGrantable(kind: PermissionKind, resource: string, action: string): boolean {
  const actions: readonly string[] | undefined = Object.hasOwn(GRANTABLE[kind], resource)
    ? GRANTABLE[kind][resource as Resource]
    : undefined;
  return actions?.includes(action) ?? false;
}

/** One entry of a robot's permissions, its namespace read. */
export type RobotPermission =
  | { readonly kind: 'system'; readonly access: readonly Access[] }
  | {
      readonly kind: 'project';
      /** Undefined is every project. */
      readonly projectId: number | undefined;
      /** Glob over the repository's name within the project (`team-a/**`); undefined is every repository. */
      readonly repositoryPattern: string | undefined;
      readonly access: readonly Access[];
    };

/** Whether the accesses grant the permission; one `deny` outweighs every `allow`. */
export function grants(accesses: readonly Access[], permission: Permission): boolean {
  const about = accesses.filter(({ resource, action }) => `${resource}:${action}` === permission);
  return about.length > 0 && about.every(({ effect }) => effect === 'allow');
}
