import { AppError } from '#core/errors';
import type { RobotPermission } from '#core/rbac/robot-permissions';
import { type AccessService, refusal } from '#domain/access/access-service';
import { isSystemAdmin, type Principal } from '#domain/access/principal';
import type { Project } from '#domain/projects/project';
import type { ProjectService } from '#domain/projects/project-service';
import type { Robot, RobotCreator } from '#domain/robots/robot';
import { isWithin } from '#domain/robots/robot-nesting';
import {
  type RequestedPermission,
  type RobotLevel,
  readPermissions,
  type WirePermission,
} from '#domain/robots/robot-permission-rules';
import type { RobotService } from '#domain/robots/robot-service';

export interface RobotAccessServiceDeps {
  readonly robots: RobotService;
  readonly projects: ProjectService;
  readonly access: AccessService;
}

/** What the caller may make: whose robot, and what it can do. */
export interface RobotGrant {
  readonly projectId: number | undefined;
  readonly creator: RobotCreator;
  readonly permissions: readonly RobotPermission[];
}

/** No project has it: a name that is nobody's is looked for like one that is out of the caller's reach. */
const NO_PROJECT_ID = 0;

/** Who may do what with robots, and which rights they may hand on. */
export class RobotAccessService {
  readonly #robots: RobotService;
  readonly #projects: ProjectService;
  readonly #access: AccessService;

  constructor({ robots, projects, access }: RobotAccessServiceDeps) {
    this.#robots = robots;
    this.#projects = projects;
    this.#access = access;
  }

  /** The robot, on which the caller has the permission. Only system administrators learn that a robot does not exist. */
  async authorize(
    principal: Principal,
    id: number,
    permission: 'robot:read' | 'robot:update' | 'robot:delete',
  ): Promise<Robot> {
    const robot = await this.#robots.find(id);
    if (robot?.project) await this.#access.authorizeProject(principal, robot.project.id, permission);
    else if (robot) this.#access.authorizeSystem(principal, permission);
    else if (!isSystemAdmin(principal)) throw refusal(principal);
    if (robot) return robot;
    throw new AppError('NOT_FOUND', { message: `robot account ${id} not found` });
  }

  /** The project whose robots the caller may list; undefined for the system's. */
  async authorizeListing(principal: Principal, of: number | 'system'): Promise<Project | undefined> {
    if (of !== 'system') return this.#access.authorizeProject(principal, of, 'robot:list');
    this.#access.authorizeSystem(principal, 'robot:list');
    return undefined;
  }

  /**
   * What a robot is made of that the caller asks for. BAD_REQUEST for what no robot may be given, NOT_FOUND for unknown
   * projects, DENIED when a robot gives more than it has.
   */
  async authorizeCreation(
    principal: Principal,
    level: RobotLevel,
    wire: readonly WirePermission[],
  ): Promise<RobotGrant> {
    this.#access.requireAuthenticated(principal);
    const requested = readPermissions(level, wire);
    const project = await this.#authorizeLevel(principal, level, requested);
    const permissions = await this.#resolve(principal, project?.id, requested);
    return { projectId: project?.id, creator: creatorOf(principal), permissions };
  }

  /** The permissions that the caller, who may change the robot, gives it anew. Rejects as {@link authorizeCreation}. */
  async authorizeChange(
    principal: Principal,
    { project }: Robot,
    wire: readonly WirePermission[],
  ): Promise<readonly RobotPermission[]> {
    const requested = readPermissions(project ? 'project' : 'system', wire);
    if (project && projectNameOf(requested) !== project.name) {
      throw new AppError('BAD_REQUEST', { message: 'cannot update the project id of robot' });
    }
    return this.#resolve(principal, project?.id, requested);
  }

  async #authorizeLevel(principal: Principal, level: RobotLevel, requested: readonly RequestedPermission[]) {
    if (level === 'project') {
      return (await this.#access.authorizeNamed(principal, projectNameOf(requested), 'robot:create')).project;
    }
    this.#access.authorizeSystem(principal, 'robot:create');
    return undefined;
  }

  async #resolve(
    principal: Principal,
    projectId: number | undefined,
    requested: readonly RequestedPermission[],
  ): Promise<readonly RobotPermission[]> {
    const names = requested.flatMap((entry) => (entry.kind === 'project' ? (entry.projectName ?? []) : []));
    const projects = await this.#projects.findByNames(names);
    const permissions = requested.map((entry) => toPermission(entry, projects));
    // First, so that a robot learns nothing of projects that are none of its business.
    requireWithin(principal, projectId, permissions);
    const missing = names.find((name) => !projects.has(name));
    if (missing === undefined) return permissions;
    throw new AppError('NOT_FOUND', { message: `project ${missing} not found` });
  }
}

/** The one project a project robot's request names; the text of a wildcard is no project's name. */
function projectNameOf([first]: readonly RequestedPermission[]): string {
  return (first?.kind === 'project' ? first.projectName : undefined) ?? '*';
}

function toPermission(requested: RequestedPermission, projects: ReadonlyMap<string, Project>): RobotPermission {
  if (requested.kind === 'system') return requested;
  const { kind, projectName, repositoryPattern, access } = requested;
  const projectId = projectName === undefined ? undefined : (projects.get(projectName)?.id ?? NO_PROJECT_ID);
  return { kind, projectId, repositoryPattern, access };
}

function requireWithin(
  principal: Principal,
  projectId: number | undefined,
  permissions: readonly RobotPermission[],
): void {
  if (principal.kind !== 'robot' || isWithin({ projectId, permissions }, principal)) return;
  throw new AppError('DENIED', {
    message: `permission scope is invalid. It must be equal to or more restrictive than the creator robot's permissions: ${principal.username}`,
  });
}

/** A workload that a trust rule lets in has no account that a robot could be traced to, and so makes none. */
function creatorOf(principal: Principal): RobotCreator {
  if (principal.kind === 'user') return { type: 'local', id: principal.userId };
  if (principal.kind === 'robot' && principal.subject.kind === 'robot') {
    return { type: 'robot', id: principal.subject.id };
  }
  throw refusal(principal);
}
