import { AppError } from '#core/errors';
import type { NameRange } from '#core/name-range';
import type { Action, Permission } from '#core/rbac/resources';
import { rolesWith } from '#core/rbac/role-matrix';
import { type RepositoryName, withinProject } from '#core/reference';
import type { PermissionService } from '#domain/access/permission-service';
import { isSystemAdmin, type Principal, type UserPrincipal } from '#domain/access/principal';
import { CATALOG_SCOPE, type RepositoryAction, repositoryScope } from '#domain/access/scope';
import { tokenPermits } from '#domain/access/token-access';
import type { Place } from '#domain/aliases/alias';
import { type AliasService, placeOf } from '#domain/aliases/alias-service';
import { Moved } from '#domain/aliases/moved';
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
  readonly aliases: AliasService;
  readonly permissions: PermissionService;
  readonly configuration: ConfigurationService;
}

/** Who may do what. Every handler asks here, in one line, before it does anything. */
export class AccessService {
  readonly #facts: ProjectFactsService;
  readonly #projects: ProjectService;
  readonly #aliases: AliasService;
  readonly #permissions: PermissionService;
  readonly #configuration: ConfigurationService;

  constructor({ facts, projects, aliases, permissions, configuration }: AccessServiceDeps) {
    this.#facts = facts;
    this.#projects = projects;
    this.#aliases = aliases;
    this.#permissions = permissions;
    this.#configuration = configuration;
  }

  /**
   * Where the repository is, of that name or once of that name, on which the caller may do this. Rejects with UNAUTHORIZED,
   * the same for a project that does not exist as for one that is none of the caller's business.
   */
  async authorizeRepository(
    principal: Principal,
    repository: RepositoryName,
    action: RepositoryAction,
  ): Promise<Place> {
    const challengeScopes = [repositoryScope(repository, action)];
    // Without an Authorization header even a public project answers 401, so that clients fetch an anonymous token.
    if (isStranger(principal) && action === 'pull') throw unauthorized('unauthorized', challengeScopes);
    const place = await this.#permittedPlace(principal, repository, action);
    if (place) return place;
    throw unauthorized(`unauthorized to access repository: ${repository}, action: ${action}`, challengeScopes);
  }

  /** Whether the caller, who may read, may also push: what it then asks about, it may be about to build on. */
  canPush(principal: Principal, place: Place): Promise<boolean> {
    return this.#mayIn(principal, place, 'push');
  }

  /** The present name of a repository the caller may pull from, as a mount's source must permit; undefined of others. */
  async pullable(principal: Principal, repository: RepositoryName): Promise<RepositoryName | undefined> {
    return (await this.#permittedPlace(principal, repository, 'pull'))?.repository;
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
   * The project that the path of an `/api` request names, on which the caller has the permission; for what is about one
   * repository, `repository` is its name within the project. Rejects with Moved when who has the permission asked by an alias.
   * Only system administrators learn that a project does not exist; others get what they would get for a private one.
   */
  async authorizeProject(
    principal: Principal,
    nameOrId: string | number,
    permission: Permission,
    repository?: string,
  ): Promise<Project> {
    const { project, repository: present } = await this.authorizeNamed(principal, nameOrId, permission, repository);
    if (present !== repository) throw new Moved(project.name, present);
    requirePresentName(project, nameOrId);
    return project;
  }

  /**
   * As {@link authorizeProject}, for names outside the path, which may be aliases: answers the project and the repository's
   * present name within it.
   */
  async authorizeNamed(
    principal: Principal,
    nameOrId: string | number,
    permission: Permission,
    repository?: string,
  ): Promise<{ readonly project: Project; readonly repository: string | undefined }> {
    const project = await this.#projects.find(nameOrId);
    const moved = project && repository !== undefined && (await this.#movedTo(project, repository));
    if (moved && (await this.#permissions.hasInProject(principal, moved.project, permission, moved.names))) {
      return { project: moved.project, repository: withinProject(moved.repository) };
    }
    const names = repository === undefined ? [] : [repository];
    if (project && (await this.#permissions.hasInProject(principal, project, permission, names))) {
      return { project, repository };
    }
    throw projectRefusal(principal, project, nameOrId);
  }

  /** The project to which the caller may push a repository of a name that is to be new in it. Rejects as {@link authorizeProject}. */
  async authorizeDestination(principal: Principal, projectName: string, repository: string): Promise<Project> {
    const project = await this.#projects.find(projectName);
    const isAllowed =
      project && (await this.#permissions.hasInProject(principal, project, 'repository:push', [repository]));
    if (project && isAllowed) return project;
    throw projectRefusal(principal, project, projectName);
  }

  /**
   * The project whose repositories the caller may list, and which of them: all without `ranges`. A machine that is limited
   * to some sees those, when its patterns are such that a listing can go by them. Rejects as {@link authorizeProject}.
   */
  async authorizeRepositoryListing(
    principal: Principal,
    nameOrId: string | number,
  ): Promise<{ readonly project: Project; readonly ranges: readonly NameRange[] | undefined }> {
    const project = await this.#projects.find(nameOrId);
    const isAllowed = project && (await this.#permissions.hasInProject(principal, project, 'repository:list'));
    const ranges = project && this.#permissions.rangesWith(principal, project, 'repository:list');
    if (project && (isAllowed || ranges)) {
      requirePresentName(project, nameOrId);
      return { project, ranges: isAllowed ? undefined : ranges };
    }
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

  /**
   * Where the caller may do this under the name. Who may not where the repository is now finds, where it was, none to pull;
   * the name is taken all the same, and nobody else pushes to it.
   */
  async #permittedPlace(
    principal: Principal,
    repository: RepositoryName,
    action: RepositoryAction,
  ): Promise<Place | undefined> {
    const resolved = await this.#aliases.resolve(repository);
    if (!resolved) return undefined;
    const { here, moved } = resolved;
    if (moved && (await this.#mayIn(principal, moved, action))) return moved;
    const isLooking = !moved || action === 'pull';
    return isLooking && (await this.#mayIn(principal, here, action)) ? here : undefined;
  }

  async #mayIn(principal: Principal, place: Place, action: RepositoryAction): Promise<boolean> {
    const { project, repository, names } = place;
    if (principal.kind === 'token') return tokenPermits(principal, project, repository, action);
    return this.#permissions.hasInProject(principal, project, `repository:${action satisfies Action}`, names);
  }

  async #movedTo(project: Project, alias: string): Promise<Place | undefined> {
    const target = await this.#aliases.find(project, alias);
    const owner = target?.projectId === project.id ? project : target && (await this.#projects.find(target.projectId));
    return target && owner && placeOf(owner, target, project.id, alias);
  }
}

function isStranger(principal: Principal): boolean {
  return principal.kind === 'anonymous' && principal.presented === 'nothing';
}

/** Harbor says each reason twice (`harbor:src/server/middleware/v2auth/auth.go`); clients' tests know the text. */
function unauthorized(reason: string, challengeScopes: readonly string[]): AppError {
  return new AppError('UNAUTHORIZED', { message: `${reason}: ${reason}`, challengeScopes });
}

/** Moved unless a text is what the project is called now. */
function requirePresentName({ name }: Project, nameOrId: string | number): void {
  if (typeof nameOrId === 'string' && nameOrId !== name) throw new Moved(name);
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
