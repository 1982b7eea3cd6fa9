import type { Access } from '#core/rbac/robot-permissions';
import type { NamedPermission, Robot } from '#domain/robots/robot';

export interface RobotRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly project_id: number;
  readonly project_name: string | null;
  readonly secret_hash: string;
  readonly duration_days: number;
  readonly expires_at_ms: number | null;
  readonly is_disabled: number;
  readonly creator_type: string;
  readonly creator_id: number;
  readonly security_version: number;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  /** JSON array of {@link PermissionJson}. */
  readonly permissions: string;
}

interface PermissionJson {
  readonly kind: string;
  readonly project_id: number | null;
  readonly project_name: string | null;
  readonly pattern: string | null;
  readonly access: readonly Access[];
}

/** Robots with their permissions; a `where` follows. */
export const SELECT_ROBOT = `select r.id, r.name, r.description, r.project_id, p.name project_name, r.secret_hash,
  r.duration_days, r.expires_at_ms, r.is_disabled, r.creator_type, r.creator_id, r.security_version, r.created_at_ms,
  r.updated_at_ms,
  (select json_group_array(json_object('kind', e.kind, 'project_id', e.project_id, 'project_name', q.name,
     'pattern', e.repository_pattern, 'access', json(e.access)))
   from robot_permissions e left join projects q on q.id = e.project_id where e.robot_id = r.id) permissions
  from robots r left join projects p on p.id = r.project_id`;

export function toRobot(row: RobotRow): Robot {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    project: row.project_id === 0 ? undefined : { id: row.project_id, name: row.project_name ?? '' },
    secretHash: row.secret_hash,
    durationDays: row.duration_days,
    expiresAtMs: row.expires_at_ms ?? undefined,
    isDisabled: row.is_disabled === 1,
    creator: { type: row.creator_type === 'robot' ? 'robot' : 'local', id: row.creator_id },
    permissions: (JSON.parse(row.permissions) as PermissionJson[]).map(toPermission),
    securityVersion: row.security_version,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toPermission({ kind, project_id, project_name, pattern, access }: PermissionJson): NamedPermission {
  if (kind === 'system') return { kind, access, projectName: undefined };
  return {
    kind: 'project',
    projectId: project_id ?? undefined,
    repositoryPattern: pattern ?? undefined,
    access,
    projectName: project_name ?? undefined,
  };
}
