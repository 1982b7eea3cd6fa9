import { AppError } from '#core/errors';
import { globProblem } from '#core/glob';
import type { Action, Resource } from '#core/rbac/resources';
import { type Access, isGrantable, type PermissionKind } from '#core/rbac/robot-permissions';
import type { NamedPermission } from '#domain/robots/robot';

/** Whether a robot belongs to the system or to one project. */
export type RobotLevel = 'system' | 'project';

/** One entry of `permissions` as a client sends it. */
export interface WirePermission {
  readonly kind: string;
  /** `/`, a project, `*` for every project, or a project and a glob over its repositories: `library/team-a/**`. */
  readonly namespace: string;
  readonly access: readonly { readonly resource: string; readonly action: string; readonly effect: string }[];
}

/** The same, read and checked; its project has not been looked up yet. */
export type RequestedPermission =
  | { readonly kind: 'system'; readonly access: readonly Access[] }
  | {
      readonly kind: 'project';
      /** Undefined is every project. */
      readonly projectName: string | undefined;
      readonly repositoryPattern: string | undefined;
      readonly access: readonly Access[];
    };

const SYSTEM_NAMESPACE = '/';
const EVERY_PROJECT = '*';
/** Entries of one robot; Harbor sets no limit. */
const MAX_PERMISSIONS = 500;
/** Accesses of one robot in all its entries. Its row is read at each login. */
const MAX_ACCESSES = 5_000;
/** Characters of a client's text that are said back. */
const MAX_ECHO = 128;

/** BAD_REQUEST for anything but a level. */
export function readLevel(text: string): RobotLevel {
  if (text === 'system' || text === 'project') return text;
  throw badRequest(`bad request error level input: ${text.slice(0, MAX_ECHO)}`);
}

/**
 * What a client wants a robot to be able to do (`harbor:src/server/v2.0/handler/robot.go`, validate). What is said twice
 * counts once. BAD_REQUEST for what no robot of the level may be given.
 */
export function readPermissions(level: RobotLevel, wire: readonly WirePermission[]): readonly RequestedPermission[] {
  if (wire.length === 0) throw badRequest('bad request empty permission');
  if (wire.length > MAX_PERMISSIONS) throw badRequest(`a robot has at most ${MAX_PERMISSIONS} permissions`);
  if (level === 'project' && (wire.length > 1 || wire[0]?.kind !== 'project')) {
    throw badRequest('bad request permission');
  }
  const permissions = [...groupByNamespace(wire.map(readKind)).values()].map(readPermission);
  const accesses = permissions.reduce((sum, { access }) => sum + access.length, 0);
  if (accesses > MAX_ACCESSES) throw badRequest(`a robot has at most ${MAX_ACCESSES} accesses`);
  return permissions;
}

/** The `namespace` of a permission, with its project's present name. */
export function namespaceOf(permission: NamedPermission): string {
  if (permission.kind === 'system') return SYSTEM_NAMESPACE;
  const project = permission.projectId === undefined ? EVERY_PROJECT : (permission.projectName ?? '');
  return permission.repositoryPattern === undefined ? project : `${project}/${permission.repositoryPattern}`;
}

type KindRead = Omit<WirePermission, 'kind'> & { readonly kind: PermissionKind };

function readKind(permission: WirePermission): KindRead {
  const { kind } = permission;
  if (kind === 'system' || kind === 'project') return { ...permission, kind };
  throw badRequest(`bad request permission level: ${kind.slice(0, MAX_ECHO)}`);
}

function groupByNamespace(permissions: readonly KindRead[]): ReadonlyMap<string, KindRead> {
  const grouped = new Map<string, KindRead>();
  for (const permission of permissions) {
    if (permission.access.length === 0) throw badRequest('bad request empty access');
    const key = `${permission.kind}:${permission.namespace}`;
    const access = [...(grouped.get(key)?.access ?? []), ...permission.access];
    grouped.set(key, { ...permission, access });
  }
  return grouped;
}

function readPermission({ kind, namespace, access: wire }: KindRead): RequestedPermission {
  const access = readAccesses(kind, wire);
  if (kind === 'project') return { kind, ...readNamespace(namespace), access };
  if (namespace !== SYSTEM_NAMESPACE) throw badRequest('unknown namespace');
  return { kind, access };
}

function readNamespace(namespace: string) {
  const slash = namespace.indexOf('/');
  const name = slash < 0 ? namespace : namespace.slice(0, slash);
  const repositoryPattern = slash < 0 ? undefined : namespace.slice(slash + 1);
  if (name === '') throw badRequest('unknown namespace');
  if (repositoryPattern === undefined) {
    return { projectName: name === EVERY_PROJECT ? undefined : name, repositoryPattern };
  }
  // A name with a wildcard is no project's, so patterns over projects are refused where the project is looked up.
  const problem = globProblem(repositoryPattern);
  if (problem) throw badRequest(`bad request namespace: ${problem}`);
  return { projectName: name, repositoryPattern };
}

function readAccesses(kind: PermissionKind, wire: WirePermission['access']): readonly Access[] {
  const accesses = new Map<string, Access>();
  for (const { resource, action, effect } of wire) {
    const name = `${resource}:${action}`;
    if (!isGrantable(kind, resource, action)) throw badRequest(`bad request permission: ${name.slice(0, MAX_ECHO)}`);
    if (effect !== '' && effect !== 'allow' && effect !== 'deny') {
      throw badRequest(`bad request permission effect: ${effect.slice(0, MAX_ECHO)}`);
    }
    const access = { resource: resource as Resource, action: action as Action, effect: effect || 'allow' } as const;
    accesses.set(`${name}:${access.effect}`, access);
  }
  return [...accesses.values()];
}

function badRequest(message: string): AppError {
  return new AppError('BAD_REQUEST', { message });
}
