import { AppError } from '#core/errors';
import { isAllowed } from '#core/rbac/evaluate';
import type { Action, Permission } from '#core/rbac/resources';
import { projectOf, type RepositoryName } from '#core/reference';
import type { Principal, TokenAccess, TokenPrincipal, UserPrincipal } from '#domain/access/principal';
import { CATALOG_SCOPE, type RepositoryAction, repositoryScope } from '#domain/access/scope';
import type { Project } from '#domain/projects/project';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';
import type { ProjectService } from '#domain/projects/project-service';

/** How much earlier than its project a token may be made; clocks differ. As long as Harbor's. */
const CREATION_LEEWAY_MS = 60_000;

/** What a token can permit in a project (`harbor:src/core/service/token/creator.go`). */
const TOKEN_ACTIONS = ['pull', 'push', 'delete', 'scanner-pull'] as const satisfies readonly Action[];

export interface AccessServiceDeps {
  /** Projects and roles as they stood at most 10 s ago. */
  readonly facts: ProjectFactsService;
  /** Projects as they stand, for `/api`. */
  readonly projects: ProjectService;
}

/** Who may do what. Every handler asks here, in one line, before it does anything. */
export class AccessService {
  readonly #facts: ProjectFactsService;
  readonly #projects: ProjectService;

  constructor({ facts, projects }: AccessServiceDeps) {
    this.#facts = facts;
    this.#projects = projects;
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
    if (project && (await this.#mayInProject(principal, project, action))) return project;
    throw unauthorized(`unauthorized to access repository: ${repository}, action: ${action}`, challengeScopes);
  }

  /** Whether the caller, who may read, may also push: what it then asks about, it may be about to build on. */
  canPush(principal: Principal, project: Project): Promise<boolean> {
    return this.#mayInProject(principal, project, 'push');
  }

  /** Whether the caller may pull from a project, as a mount's source must permit. */
  async canPull(principal: Principal, projectName: string): Promise<boolean> {
    const project = await this.#facts.byName(projectName);
    return project !== undefined && this.#mayInProject(principal, project, 'pull');
  }

  /** Projects a mount without `from` may look in: those the caller's token names, none for other callers. */
  async pullableProjects(principal: Principal): Promise<readonly string[]> {
    if (principal.kind !== 'token') return [];
    const projects = await this.#facts.byNames(principal.access.map((access) => access.project));
    return [...projects.values()]
      .filter((project) => tokenPermits(principal, project, 'pull'))
      .map((project) => project.name);
  }

  /** Everything the caller may do with repositories of the project, as its tokens say it. */
  async repositoryActions(principal: Principal, project: Project): Promise<readonly Action[]> {
    const allowed = await Promise.all(
      TOKEN_ACTIONS.map((action) => this.#hasPermission(principal, project, `repository:${action}`)),
    );
    return TOKEN_ACTIONS.filter((_, index) => allowed[index]);
  }

  /** `GET /v2/`: anybody who proved something, be it only with an anonymous token. */
  authorizePing(principal: Principal): void {
    if (principal.kind === 'anonymous') throw unauthorized('unauthorized', []);
  }

  /** `GET /v2/_catalog`: system administrators, and bearers of a token for it. */
  authorizeCatalog(principal: Principal): void {
    const isAllowedToList = principal.kind === 'token' ? principal.mayListCatalog : isSystemAdmin(principal);
    if (!isAllowedToList) throw unauthorized('unauthorized to list catalog', [CATALOG_SCOPE]);
  }

  /**
   * The project of an `/api` request on which the caller has the permission. Only system administrators learn that a
   * project does not exist; others get what they would get for a private one.
   */
  async authorizeProject(principal: Principal, nameOrId: string | number, permission: Permission): Promise<Project> {
    const project = await this.#projects.find(nameOrId);
    if (project && (await this.#hasPermission(principal, project, permission))) return project;
    if (!project && isSystemAdmin(principal)) {
      throw new AppError('NOT_FOUND', { message: `project ${nameOrId} not found` });
    }
    throw refusal(principal);
  }

  /** The account behind the caller. */
  requireUser(principal: Principal): UserPrincipal {
    if (principal.kind !== 'user') throw refusal(principal);
    return principal;
  }

  requireSystemAdmin(principal: Principal): void {
    if (!isSystemAdmin(principal)) throw refusal(principal);
  }

  async #mayInProject(principal: Principal, project: Project, action: RepositoryAction): Promise<boolean> {
    if (principal.kind === 'token') return tokenPermits(principal, project, action);
    return this.#hasPermission(principal, project, `repository:${action}`);
  }

  async #hasPermission(principal: Principal, project: Project, permission: Permission): Promise<boolean> {
    if (principal.kind === 'token') return false;
    const roles = principal.kind === 'user' ? await this.#facts.rolesOf(principal.userId, project) : [];
    return isAllowed({ isSystemAdmin: isSystemAdmin(principal), roles, isPublic: project.isPublic }, permission);
  }
}

function isStranger(principal: Principal): boolean {
  return principal.kind === 'anonymous' && principal.presented === 'nothing';
}

function isSystemAdmin(principal: Principal): boolean {
  return principal.kind === 'user' && principal.isSystemAdmin;
}

/** Tokens match by project, as Harbor's do: one for `library/a` serves for `library/b`. */
function tokenPermits(token: TokenPrincipal, project: Project, action: RepositoryAction): boolean {
  if (token.issuedAtMs < project.createdAtMs - CREATION_LEEWAY_MS) return false;
  return token.access.some((access) => isCurrent(access, project) && access.actions.includes(action));
}

function isCurrent(access: TokenAccess, project: Project): boolean {
  return access.projectId === project.id && access.projectVersion === project.securityVersion;
}

/** Harbor says each reason twice (`harbor:src/server/middleware/v2auth/auth.go`); clients' tests know the text. */
function unauthorized(reason: string, challengeScopes: readonly string[]): AppError {
  return new AppError('UNAUTHORIZED', { message: `${reason}: ${reason}`, challengeScopes });
}

/** `/api`: 401 for somebody unknown, 403 with the caller's name for somebody known. */
function refusal(principal: Principal): AppError {
  return principal.kind === 'user'
    ? new AppError('FORBIDDEN', { message: principal.username })
    : new AppError('UNAUTHORIZED');
}
