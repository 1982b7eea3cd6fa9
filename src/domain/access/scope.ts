import { parseRepositoryName, projectOf, type RepositoryName } from '#core/reference';

export type RepositoryAction = 'pull' | 'push' | 'delete';

/** What a client asks a token for; the actions it names are ignored, as in Harbor. */
export interface RequestedScope {
  readonly type: string;
  readonly name: string;
}

/** Scopes of one request that are answered; clients name a few. */
export const MAX_SCOPES = 100;

export const CATALOG_SCOPE = 'registry:catalog:*';

/** The scope a client must ask for to do this; pushing begins with looking, so push includes pull. */
export function repositoryScope(repository: RepositoryName, action: RepositoryAction): string {
  return `repository:${repository}:${action === 'push' ? 'pull,push' : action}`;
}

/**
 * Reads `scope` parameters: repeatable, and several in one separated by spaces. The name may contain colons (a host
 * with a port), so it is what stands between the first and the last. Text of another form is skipped.
 *
 * @see https://distribution.github.io/distribution/spec/auth/scope/
 */
export function parseScopes(parameters: readonly string[]): RequestedScope[] {
  return parameters
    .flatMap((parameter) => parameter.split(' '))
    .flatMap((text): RequestedScope[] => {
      const first = text.indexOf(':');
      const last = text.lastIndexOf(':');
      if (first <= 0 || last <= first + 1) return [];
      // `repository(plugin)` names a class of repositories that nothing distinguishes any more.
      const type = text.slice(0, first).replace(/\([a-z0-9]+\)$/, '');
      return [{ type, name: text.slice(first + 1, last) }];
    })
    .slice(0, MAX_SCOPES);
}

/** The project a repository scope is about; undefined when its name cannot be a repository's. */
export function projectOfScope(scope: RequestedScope): string | undefined {
  if (scope.type !== 'repository') return undefined;
  const name = parseRepositoryName(scope.name);
  return name.ok ? projectOf(name.value) : undefined;
}
