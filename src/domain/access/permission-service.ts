import { matchesGlob } from '#core/glob';
import type { NameRange } from '#core/name-range';
import { ALL_PERMISSIONS } from '#core/rbac/all-permissions';
import { isAllowed } from '#core/rbac/evaluate';
import type { Action, Permission } from '#core/rbac/resources';
import { type Access, grants, type RobotPermission } from '#core/rbac/robot-permissions';
import { listableRepositories, NO_PERMISSIONS, rangesOf } from '#domain/access/machine-repositories';
import { isSystemAdmin, type Principal, type RobotPrincipal } from '#domain/access/principal';
import type { Place } from '#domain/aliases/alias';
import type { Project } from '#domain/projects/project';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';
import type { ProjectVisibility } from '#domain/projects/project-visibility';
import type { RepositoryVisibility } from '#domain/repositories/repository-visibility';

/** What a token can permit in a project (`harbor:src/core/service/token/creator.go`). */
const TOKEN_ACTIONS = ['pull', 'push', 'delete', 'scanner-pull'] as const satisfies readonly Action[];

const PULL: Access = { resource: 'repository', action: 'pull', effect: 'allow' };

/** Answers whether somebody has a permission; what follows from the answer is the caller's business. */
export class PermissionService {
  readonly #facts: ProjectFactsService;

  constructor(deps: { readonly facts: ProjectFactsService }) {
    this.#facts = deps.facts;
  }

  /** On the system itself. */
  hasSystem(principal: Principal, permission: Permission): boolean {
    if (principal.kind === 'robot') return grants(accessesOf(principal, isSystemPermission), permission);
    return isSystemAdmin(principal);
  }

  /**
   * In a project. `names` are those within the project of the repository it is about, the present one and an alias; a
   * machine that is limited to some repositories has no permission that is about none of them, but for looking at the project.
   */
  async hasInProject(
    principal: Principal,
    project: Project,
    permission: Permission,
    names: readonly string[] = [],
  ): Promise<boolean> {
    if (principal.kind === 'token') return false;
    const roles = principal.kind === 'user' ? await this.#facts.rolesOf(principal, project) : [];
    const access = { isSystemAdmin: isSystemAdmin(principal), roles, isPublic: project.isPublic };
    if (isAllowed(access, permission)) return true;
    return principal.kind === 'robot' && robotMay(principal, project, permission, names);
  }

  /** Everything the caller may do in a project, or, without one, on the system. */
  async list(principal: Principal, project: Project | undefined): Promise<readonly Permission[]> {
    if (!project) return ALL_PERMISSIONS.system.filter((permission) => this.hasSystem(principal, permission));
    const granted = await Promise.all(
      ALL_PERMISSIONS.project.map((permission) => this.hasInProject(principal, project, permission)),
    );
    return ALL_PERMISSIONS.project.filter((_, index) => granted[index]);
  }

  /**
   * The names of the repositories on which a machine that is limited to some has the permission. Undefined when it has it
   * on none, when it is denied on any, and when its patterns are no ranges of names.
   */
  rangesWith(principal: Principal, project: Project, permission: Permission): readonly NameRange[] | undefined {
    if (principal.kind !== 'robot') return undefined;
    return rangesOf(
      principal.permissions.filter((entry) => isAbout(entry, project)),
      permission,
    );
  }

  /**
   * The projects, by id, in which a machine was given the permission on everything; `any` when it was for every project and
   * is denied in none.
   */
  projectsWith(principal: Principal, permission: Permission): 'any' | readonly number[] {
    if (principal.kind !== 'robot') return [];
    const entries = principal.permissions.filter(
      (entry): entry is ProjectPermission =>
        entry.kind === 'project' &&
        entry.repositoryPattern === undefined &&
        entry.access.some(({ resource, action }) => `${resource}:${action}` === permission),
    );
    const isDenied = entries.some(({ access }) => !grants(access, permission));
    if (!isDenied && entries.some(({ projectId }) => projectId === undefined)) return 'any';
    const ids = new Set(entries.flatMap(({ projectId }) => projectId ?? []));
    const accessesIn = (id: number) =>
      entries.filter(({ projectId }) => (projectId ?? id) === id).flatMap(({ access }) => access);
    return [...ids].filter((id) => grants(accessesIn(id), permission));
  }

  /** The projects that a listing shows besides the public ones: every one, those of a member, or those named by id. */
  visibleProjects(principal: Principal): ProjectVisibility {
    if (principal.kind !== 'robot') {
      const memberId = principal.kind === 'user' ? principal.userId : undefined;
      return { isUnlimited: isSystemAdmin(principal), memberId, visibleIds: [] };
    }
    const allowing = principal.permissions.filter(({ access }) => access.some(({ effect }) => effect === 'allow'));
    const ids = allowing.flatMap((entry) => (entry.kind === 'project' ? [entry.projectId] : []));
    return {
      isUnlimited: ids.includes(undefined) || this.hasSystem(principal, 'project:list'),
      memberId: undefined,
      visibleIds: ids.flatMap((id) => id ?? []),
    };
  }

  /** The repositories that a listing over all projects shows besides those of public ones. */
  visibleRepositories(principal: Principal): RepositoryVisibility {
    const memberId = principal.kind === 'user' ? principal.userId : undefined;
    const ofMachine = principal.kind === 'robot' ? listableRepositories(principal.permissions) : NO_PERMISSIONS;
    return { isUnlimited: isSystemAdmin(principal), memberId, ...ofMachine };
  }

  /** Everything the caller may do with a repository, as its tokens say it. */
  async repositoryActions(principal: Principal, { project, names }: Place): Promise<readonly Action[]> {
    const allowed = await Promise.all(
      TOKEN_ACTIONS.map((action) => this.hasInProject(principal, project, `repository:${action}`, names)),
    );
    return TOKEN_ACTIONS.filter((_, index) => allowed[index]);
  }
}

/** Whether any of the machine's permissions in the project is limited to some of its repositories. */
export function isLimitedToRepositories(principal: Principal, project: Project): boolean {
  return (
    principal.kind === 'robot' &&
    principal.permissions.some(
      (permission) => isAbout(permission, project) && permission.repositoryPattern !== undefined,
    )
  );
}

function robotMay(robot: RobotPrincipal, project: Project, permission: Permission, names: readonly string[]): boolean {
  const accesses = accessesOf(
    robot,
    (entry) => isAbout(entry, project) && coversRepository(entry.repositoryPattern, permission, names),
  );
  if (grants(accesses, permission)) return true;
  // A project robot that may push may pull, as in Harbor, unless that is denied; a system robot must be given both.
  const isImplied = robot.projectId === project.id && grants(accesses, 'repository:push');
  return permission === 'repository:pull' && isImplied && grants([...accesses, PULL], permission);
}

function coversRepository(pattern: string | undefined, permission: Permission, names: readonly string[]): boolean {
  if (pattern === undefined || permission === 'project:read') return true;
  return names.some((name) => matchesGlob(pattern, name));
}

function accessesOf(robot: RobotPrincipal, isWanted: (entry: RobotPermission) => boolean): readonly Access[] {
  return robot.permissions.filter(isWanted).flatMap((entry) => entry.access);
}

function isSystemPermission(entry: RobotPermission): boolean {
  return entry.kind === 'system';
}

type ProjectPermission = Extract<RobotPermission, { kind: 'project' }>;

function isAbout(entry: RobotPermission, project: Project): entry is ProjectPermission {
  return entry.kind === 'project' && (entry.projectId === undefined || entry.projectId === project.id);
}
