import type { Context } from 'hono';
import { parseRepositoryName } from '#core/reference';
import type { Principal } from '#domain/access/principal';
import { CATALOG_SCOPE, repositoryScope } from '#domain/access/scope';
import type { AppEnv } from '#routes/app-env';
import { publicUrl } from '#routes/middleware/public-url';

/** The one service tokens are for. */
export const TOKEN_SERVICE = 'harbor-registry';

export interface Challenge {
  readonly principal: Principal;
  readonly scopes: readonly string[];
  /** Where clients reach this registry, without a trailing slash. */
  readonly baseUrl: string;
}

/** The `WWW-Authenticate` header of a 401 on `/v2`; `/api` has none, so that browsers do not ask for a password. */
export function challengeFor(c: Context<AppEnv>, scopes: readonly string[]): string | undefined {
  if (!/^\/v2(?:\/|$)/.test(c.req.path)) return undefined;
  const principal = c.get('principal');
  return formatChallenge({ principal, scopes: [...scopes, ...mountScope(c, scopes)], baseUrl: publicUrl(c) });
}

/**
 * Harbor's rule (`harbor:src/server/middleware/v2auth/auth.go`): Bearer for who sent nothing, Basic for who sent
 * anything and for the catalog. One difference: who sent a Bearer token is challenged for a better one, with the
 * `error` of RFC 6750 §3.1. A client that holds an expired or too narrow token, and perhaps no password at all, could
 * not follow a Basic challenge. skopeo and podman ask for a wider token only at `insufficient_scope`, and containerd
 * stops asking at an `error` that a new token did not cure.
 */
export function formatChallenge({ principal, scopes, baseUrl }: Challenge): string {
  const error = tokenError(principal);
  const hasNothing = principal.kind === 'anonymous' && principal.presented === 'nothing';
  if (!error && (!hasNothing || scopes.includes(CATALOG_SCOPE))) return 'Basic realm="harbor"';
  const parameters = [`realm="${baseUrl}/service/token"`, `service="${TOKEN_SERVICE}"`];
  if (scopes.length > 0) parameters.push(`scope="${scopes.join(' ')}"`);
  if (error) parameters.push(`error="${error}"`);
  return `Bearer ${parameters.join(',')}`;
}

function tokenError(principal: Principal): 'insufficient_scope' | 'invalid_token' | undefined {
  if (principal.kind === 'token') return 'insufficient_scope';
  return principal.kind === 'anonymous' && principal.presented === 'bearer' ? 'invalid_token' : undefined;
}

/** A mount needs a second scope: pulling from its source. */
function mountScope(c: Context<AppEnv>, scopes: readonly string[]): string[] {
  if (c.req.method !== 'POST' || scopes.length === 0 || !c.req.query('mount')) return [];
  const source = parseRepositoryName(c.req.query('from') ?? '');
  return source.ok ? [repositoryScope(source.value, 'pull')] : [];
}
