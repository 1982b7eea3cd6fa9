import type { Context } from 'hono';
import type { RobotPrincipal } from '#domain/access/principal';
import { parseScopes, projectOfScope } from '#domain/access/scope';
import type { AppEnv } from '#routes/app-env';
import { clientAddress } from '#routes/middleware/client-address';

/** The user name of every workload; its OIDC token is the password. No account may have it. */
export const WORKLOAD_USERNAME = 'oidc';

/** Who a workload is in the projects that the request is about. */
export function loginWorkload(c: Context<AppEnv>, token: string): Promise<RobotPrincipal | undefined> {
  return c.get('services').federation.authenticate(token, {
    projects: projectsOf(c),
    sourceAddress: clientAddress(c),
  });
}

/** `/v2` names them in its path and in a mount's source, the token service in its scopes. Others name none. */
function projectsOf(c: Context<AppEnv>): readonly string[] {
  const [, area, project] = c.req.path.split('/');
  if (area === 'service') return projectsOfScopes(c.req.queries('scope') ?? []);
  if (area !== 'v2' || !project || project === '_catalog') return [];
  const source = c.req.query('from')?.split('/', 1)[0];
  return source ? [project, source] : [project];
}

export function projectsOfScopes(scopes: readonly string[]): readonly string[] {
  return [...new Set(parseScopes(scopes).flatMap((scope) => projectOfScope(scope) ?? []))];
}
