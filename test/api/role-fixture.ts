/**
 * Who may do what, transcribed from Harbor's own tables (docs of `harbor:src/common/rbac/project/rbac_role.go` and
 * `const.go`), and on purpose not from `src/core/rbac`: the matrix test compares the two.
 */
const ROLE_COLUMNS = ['projectAdmin', 'maintainer', 'developer', 'guest', 'limitedGuest', 'public'] as const;

export type RoleColumn = (typeof ROLE_COLUMNS)[number];

/** C create, R read, U update, D delete, L list, S stop, O operate; resource, then a cell for each column. */
const ROLE_TABLE = `
| project             | R U D               | R                   | R                 | R        | R        | R      |
| accessory           | L                   | L                   | L                 | L        | L        | L      |
| artifact            | C R D L             | C R D L             | C R L             | R L      | R L      | R L    |
| artifact-addition   | R                   | R                   | R                 | R        | R        | R      |
| artifact-label      | C D                 | C D                 | C D               | -        | -        | -      |
| configuration       | R U                 | R                   | R                 | R        | R        | -      |
| export-cve          | C R L               | C R L               | C R L             | -        | -        | -      |
| immutable-tag       | C U D L             | C U D L             | -                 | -        | -        | -      |
| label               | C R U D L           | C R U D L           | R L               | R L      | -        | R L    |
| log                 | L                   | -                   | -                 | -        | -        | -      |
| member              | C R U D L           | R L                 | R L               | R L      | -        | -      |
| metadata            | C R U D             | R                   | -                 | -        | -        | -      |
| notification-policy | C R U D L           | R L                 | -                 | -        | -        | -      |
| preheat-policy      | C R U D L           | -                   | -                 | -        | -        | -      |
| quota               | R                   | R                   | R                 | R        | R        | -      |
| repository          | C R U D L pull push | C R U D L pull push | C R U L pull push | R L pull | R L pull | L pull |
| robot               | C R U D L           | R L                 | R L               | R L      | -        | -      |
| sbom                | C R S               | C R S               | R                 | R        | R        | -      |
| scan                | C R S               | C R S               | R                 | R        | R        | R      |
| scanner             | C R                 | R                   | R                 | R        | R        | R      |
| tag                 | C D L               | C D L               | C L               | L        | L        | L      |
| tag-retention       | C R U D L O         | C R U D L O         | C R U D L O       | -        | -        | -      |
`;

const ACTIONS: Readonly<Record<string, string>> = {
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

function readTable(): ReadonlyMap<RoleColumn, ReadonlySet<string>> {
  const permissions = new Map(ROLE_COLUMNS.map((column) => [column, new Set<string>()]));
  for (const line of ROLE_TABLE.trim().split('\n')) {
    const [resource = '', ...cells] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    for (const [index, column] of ROLE_COLUMNS.entries()) {
      for (const letter of (cells[index] ?? '-').split(' ')) {
        const action = ACTIONS[letter];
        if (action) permissions.get(column)?.add(`${resource}:${action}`);
      }
    }
  }
  return permissions;
}

/** Permissions by role, and of anybody in a public project. */
export const ROLE_PERMISSIONS = readTable();

/** What robots may be given, as Harbor's `GET /permissions` lists it. */
export const ROBOT_PERMISSIONS = {
  system:
    'audit-log:list catalog:read garbage-collection:read,create,list,update,stop jobservice-monitor:list,stop label:read,create,delete,update ldap-user:create,list preheat-instance:read,create,delete,list,update project:list,create purge-audit:read,create,list,update,stop quota:read,list,update registry:read,create,delete,list,update replication:read,create,list replication-adapter:list replication-policy:read,create,delete,list,update robot:create,read,list,delete scan-all:read,update,stop,create scanner:read,create,delete,list,update security-hub:read,list system-volumes:read user:create,read,update,list,delete user-group:create,read,update,list,delete',
  project:
    'accessory:list artifact:read,create,list,delete artifact-addition:read artifact-label:create,delete export-cve:create,read immutable-tag:create,delete,list,update label:read,create,delete,list,update log:list member:create,read,update,list,delete metadata:read,create,delete,list,update notification-policy:read,create,delete,list,update preheat-policy:read,create,delete,list,update project:read,delete,update quota:read repository:read,update,delete,list,pull,push robot:create,read,list,delete sbom:create,stop,read scan:create,read,stop scanner:create,read tag:create,list,delete tag-retention:read,create,delete,list,update',
} as const;

/** `['user:create', 'user:read', …]` */
export function robotPermissions(kind: keyof typeof ROBOT_PERMISSIONS): readonly string[] {
  return ROBOT_PERMISSIONS[kind].split(' ').flatMap((entry) => {
    const [resource, actions = ''] = entry.split(':');
    return actions.split(',').map((action) => `${resource}:${action}`);
  });
}
