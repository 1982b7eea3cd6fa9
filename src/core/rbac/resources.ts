/** Everything a permission can be about, under Harbor's names (`harbor:src/common/rbac/const.go`). */
export type Resource =
  | 'accessory'
  | 'artifact'
  | 'artifact-addition'
  | 'artifact-label'
  | 'catalog'
  | 'configuration'
  | 'export-cve'
  | 'immutable-tag'
  | 'label'
  | 'log'
  | 'member'
  | 'metadata'
  | 'notification-policy'
  | 'preheat-policy'
  | 'project'
  | 'quota'
  | 'repository'
  | 'robot'
  | 'sbom'
  | 'scan'
  | 'scanner'
  | 'tag'
  | 'tag-retention';

export type Action =
  | 'create'
  | 'read'
  | 'update'
  | 'delete'
  | 'list'
  | 'pull'
  | 'push'
  | 'scanner-pull'
  | 'stop'
  | 'operate';

/** One thing somebody may do: an action on a resource. */
export type Permission = `${Resource}:${Action}`;
