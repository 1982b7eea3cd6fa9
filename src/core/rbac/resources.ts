/** Everything a permission can be about, under Harbor's names (`harbor:src/common/rbac/const.go`). */
export const RESOURCES = [
  'accessory',
  'artifact',
  'artifact-addition',
  'artifact-label',
  'audit-log',
  'catalog',
  'configuration',
  'export-cve',
  'garbage-collection',
  'immutable-tag',
  'jobservice-monitor',
  'label',
  'ldap-user',
  'log',
  'member',
  'metadata',
  'notification-policy',
  'preheat-instance',
  'preheat-policy',
  'project',
  'purge-audit',
  'quota',
  'registry',
  'replication',
  'replication-adapter',
  'replication-policy',
  'repository',
  'robot',
  'sbom',
  'scan',
  'scan-all',
  'scanner',
  'security-hub',
  'system-volumes',
  'tag',
  'tag-retention',
  'user',
  'user-group',
] as const;

export type Resource = (typeof RESOURCES)[number];

export const ACTIONS = [
  'create',
  'read',
  'update',
  'delete',
  'list',
  'pull',
  'push',
  'scanner-pull',
  'stop',
  'operate',
] as const;

export type Action = (typeof ACTIONS)[number];

/** One thing somebody may do: an action on a resource. */
export type Permission = `${Resource}:${Action}`;
