import type { RepositoryName } from '#core/reference';
import type { TokenAccess, TokenPrincipal } from '#domain/access/principal';
import type { RepositoryAction } from '#domain/access/scope';
import type { Project } from '#domain/projects/project';

/** How much earlier than its project a token may be made; clocks differ. As long as Harbor's. */
const CREATION_LEEWAY_MS = 60_000;

/**
 * Whether a token permits this in a repository, or, without one, in the whole project. Tokens match by project, as
 * Harbor's do: one for `library/a` serves for `library/b`. Those of machines that are limited to some repositories match
 * by the full name.
 */
export function tokenPermits(
  token: TokenPrincipal,
  project: Project,
  repository: RepositoryName | undefined,
  action: RepositoryAction,
): boolean {
  if (token.issuedAtMs < project.createdAtMs - CREATION_LEEWAY_MS) return false;
  return token.access.some(
    (access) =>
      isCurrent(access, project) &&
      access.actions.includes(action) &&
      (access.repository === undefined || access.repository === repository),
  );
}

function isCurrent(access: TokenAccess, project: Project): boolean {
  return access.projectId === project.id && access.projectVersion === project.securityVersion;
}
