import { AppError } from '#core/errors';
import type { NameRange } from '#core/name-range';
import type { Action, Permission } from '#core/rbac/resources';
import { rolesWith } from '#core/rbac/role-matrix';
import { projectOf, type RepositoryName } from '#core/reference';
import type { PermissionService } from '#domain/access/permission-service';
import { isSystemAdmin, type Principal, type UserPrincipal } from '#domain/access/principal';
import { CATALOG_SCOPE, type RepositoryAction, repositoryScope } from '#domain/access/scope';
import { tokenPermits } from '#domain/access/token-access';
import { type AuditScope, MAX_PROJECTS_LISTED } from '#domain/audit/audit';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { Project } from '#domain/projects/project';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';
import type { ProjectService } from '#domain/projects/project-service';
import { FIRST_ADMINISTRATOR_ID, isAdministrator, type User } from '#domain/users/user';

export interface AccessServiceDeps {
  /** Projects and roles as they stood at most 10 s ago. */
  readonly facts: ProjectFactsService;
  /** Projects as they stand, for `/api`. */
  readonly projects: ProjectService;
  readonly permissions: PermissionService;
  readonly configuration: ConfigurationService;
}

/** Who may do what. Every handler asks here, in one line, before it does anything. */
export class AccessService {
  readonly #facts: ProjectFactsService;
  readonly #projects: ProjectService;
  readonly #permissions: PermissionService;
  readonly #configuration: ConfigurationService;

  constructor({ facts, projects, permissions, configuration }: AccessServiceDeps) {
    this.#facts = facts;
    this.#projects = projects;
    this.#permissions = permissions;
    this.#configuration = configuration;
  }

  /**
   * The project of a repository on which the caller may do this. Rejects with UNAUTHORIZED, the same for a project
   * that does not exist as for one that is none of the caller's business.
   */
  async authorizeRepository(
    principal: Principal,
    repository: RepositoryName,
    action: RepositoryAction,
  ): Promise<Project> {
    const challengeScopes = [repositoryScope(repository, action)];
    // Without an Authorization header even a public project answers 401, so that clients fetch an anonymous token.
    if (isStranger(principal) && action === 'pull') throw unauthorized('unauthorized', challengeScopes);
    const project = await this.#facts.byName(projectOf(repository));
    if (project && (await this.#mayInRepository(principal, project, repository, action))) return project;
    throw unauthorized(`unauthorized to access repository: ${repository}, action: ${action}`, challengeScopes);
  }

  /** Whether the caller, who may read, may also push: what it then asks about, it may be about to build on. */
  canPush(principal: Principal, project: Project, repository: RepositoryName): Promise<boolean> {
    return this.#mayInRepository(principal, project, repository, 'push');
  }

  /** Whether the caller may pull from a repository, as a mount's source must permit. */
  async canPull(principal: Principal, repository: RepositoryName): Promise<boolean> {
    const project = await this.#facts.byName(projectOf(repository));
    return project !== undefined && this.#mayInRepository(principal, project, repository, 'pull');
  }

  /** Projects a mount without `from` may look in: those the caller's token names as a whole, none for other callers. */
  async pullableProjects(principal: Principal): Promise<readonly string[]> {
    if (principal.kind !== 'token') return [];
    const projects = await this.#facts.byNames(principal.access.map((access) => access.project));
    return [...projects.values()]
      .filter((project) => tokenPermits(principal, project, undefined, 'pull'))
      .map((project) => project.name);
  }

  /** `GET /v2/`: anybody who proved something, be it only with an anonymous token. */
  authorizePing(principal: Principal): void {
    if (principal.kind === 'anonymous') throw unauthorized('unauthorized', []);
  }

  /** `GET /v2/_catalog`: system administrators, robots that may, and bearers of a token for it. */
  authorizeCatalog(principal: Principal): void {
    const isAllowedToList =
      principal.kind === 'token' ? principal.mayListCatalog : this.#permissions.hasSystem(principal, 'catalog:read');
    if (!isAllowedToList) throw unauthorized('unauthorized to list catalog', [CATALOG_SCOPE]);
  }

  /**
   * The project of an `/api` request on which the caller has the permission; for what is about one repository, `repository`
   * is its name within the project. Only system administrators learn that a project does not exist; others get what they
   * would get for a private one.
   */
  async authorizeProject(
    principal: Principal,
    nameOrId: string | number,
    permission: Permission,
    repository?: string,
  ): Promise<Project> {
    const project = await this.#projects.find(nameOrId);
    if (project && (await this.#permissions.hasInProject(principal, project, permission, repository))) return project;
    throw projectRefusal(principal, project, nameOrId);
  }

  /**
   * The project whose repositories the caller may list, and which of them: all without `ranges`. A machine that is limited
   * to some sees those, when its patterns are such that a listing can go by them.
   */
  async authorizeRepositoryListing(
    principal: Principal,
    nameOrId: string | number,
  ): Promise<{ readonly project: Project; readonly ranges: readonly NameRange[] | undefined }> {
    const project = await this.#projects.find(nameOrId);
    if (project && (await this.#permissions.hasInProject(principal, project, 'repository:list'))) {
      return { project, ranges: undefined };
    }
    const ranges = project && this.#permissions.rangesWith(principal, project, 'repository:list');
    if (project && ranges) return { project, ranges };
    throw projectRefusal(principal, project, nameOrId);
  }

  /**
   * Creating a project, as the user this answers, who will own it. People may where the setting does not keep it to
   * administrators; what a system robot creates belongs to the first administrator, as in Harbor: a machine owns nothing.
   */
  async authorizeProjectCreation(principal: Principal): Promise<number> {
    const { project_creation_restriction: restriction } = await this.#configuration.current();
    const isFree = principal.kind === 'user' && restriction === 'everyone';
    if (!isFree && !this.#permissions.hasSystem(principal, 'project:create')) throw refusal(principal);
    return principal.kind === 'user' ? principal.userId : FIRST_ADMINISTRATOR_ID;
  }

  /**
   * Whose entries of the audit log the caller may list: everybody's with the permission, and otherwise those of the projects
   * where it has `log:list`.
   */
  async authorizeAuditLog(principal: Principal): Promise<AuditScope> {
    this.requireAuthenticated(principal);
    if (this.#permissions.hasSystem(principal, 'audit-log:list')) return { kind: 'all' };
    if (principal.kind === 'user') {
      const ids = await this.#projects.idsWithRole(principal.userId, rolesWith('log:list'), MAX_PROJECTS_LISTED);
      return { kind: 'projects', ids };
    }
    const ids = this.#permissions.projectsWith(principal, 'log:list');
    return ids === 'any' ? { kind: 'any-project' } : { kind: 'projects', ids: ids.slice(0, MAX_PROJECTS_LISTED) };
  }

  /** A permission on the system itself: administrators, and system robots that were given it. */
  authorizeSystem(principal: Principal, permission: Permission): void {
    if (!this.#permissions.hasSystem(principal, permission)) throw refusal(principal);
  }

  /** What is about one account: its owner, and who has the permission. */
  authorizeSelfOrSystem(principal: Principal, userId: number, permission: Permission): void {
    if (!this.isSelf(principal, userId)) this.authorizeSystem(principal, permission);
  }

  isSelf(principal: Principal, userId: number): boolean {
    return principal.kind === 'user' && principal.userId === userId;
  }

  /** Only administrators change another administrator: a robot that may change accounts must not take one over. */
  requireRankFor(principal: Principal, user: User): void {
    if (isAdministrator(user) && !isSystemAdmin(principal)) throw refusal(principal);
  }

  /** What the caller administers: the system, or at least one project. FORBIDDEN for everybody else who is known. */
  async authorizeAdministrator(principal: Principal): Promise<'system' | 'project'> {
    this.requireAuthenticated(principal);
    if (isSystemAdmin(principal)) return 'system';
    if (principal.kind === 'user' && (await this.#projects.isAdministratorOfAny(principal.userId))) return 'project';
    throw new AppError('FORBIDDEN', { message: 'only admins(system and project) can access permissions' });
  }

  /** Anybody who is known, machines included. */
  requireAuthenticated(principal: Principal): void {
    if (principal.kind !== 'user' && principal.kind !== 'robot') throw refusal(principal);
  }

  /** The account behind the caller. */
  requireUser(principal: Principal): UserPrincipal {
    if (principal.kind !== 'user') throw refusal(principal);
    return principal;
  }

  async #mayInRepository(
    principal: Principal,
    project: Project,
    repository: RepositoryName,
    action: RepositoryAction,
  ): Promise<boolean> {
    if (principal.kind === 'token') return tokenPermits(principal, project, repository, action);
    const within = repository.slice(project.name.length + 1);
    return this.#permissions.hasInProject(principal, project, `repository:${action satisfies Action}`, within);
  }
}

function isStranger(principal: Principal): boolean {
  return principal.kind === 'anonymous' && principal.presented === 'nothing';
}

/** Harbor says each reason twice (`harbor:src/server/middleware/v2auth/auth.go`); clients' tests know the text. */
function unauthorized(reason: string, challengeScopes: readonly string[]): AppError {
  return new AppError('UNAUTHORIZED', { message: `${reason}: ${reason}`, challengeScopes });
}

/** Only system administrators learn that a project does not exist. */
function projectRefusal(principal: Principal, project: Project | undefined, nameOrId: string | number): AppError {
  if (project || !isSystemAdmin(principal)) return refusal(principal);
  return new AppError('NOT_FOUND', { message: `project ${nameOrId} not found` });
}

/** `/api`: 401 for somebody unknown, 403 with the caller's name for somebody known. */
export function refusal(principal: Principal): AppError {
  return principal.kind === 'user' || principal.kind === 'robot'
    ? new AppError('FORBIDDEN', { message: principal.username })
    : new AppError('UNAUTHORIZED');
}
