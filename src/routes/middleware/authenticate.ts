import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '#core/errors';
import { ANONYMOUS, type AnonymousPrincipal, type Principal, principalName } from '#domain/access/principal';
import type { AppEnv } from '#routes/app-env';
import { clientAddress } from '#routes/middleware/client-address';
import { type Credentials, parseAuthorization } from '#routes/middleware/credentials';
import { sessionCookie } from '#routes/middleware/session-cookie';
import { loginWorkload, WORKLOAD_USERNAME } from '#routes/middleware/workload-login';

/** The places that read credentials: only `/v2` takes registry tokens, and neither sessions nor id tokens, only `/api` insists on valid ones. */
export type AuthenticationArea = 'registry' | 'token-service' | 'api';

/** Finds out who asks, and sets `principal` and `actor`. */
export function authenticate(area: AuthenticationArea): MiddlewareHandler<AppEnv> {
  return async function authenticateCaller(c, next) {
    const credentials = parseAuthorization(c.req.header('authorization'));
    if (credentials.kind === 'basic') c.set('claimedUser', credentials.username);
    const principal = await identify(c, area, credentials);
    c.set('principal', principal);
    c.set('actor', { username: principalName(principal), sourceAddress: clientAddress(c) });
    await next();
  };
}

async function identify(c: Context<AppEnv>, area: AuthenticationArea, credentials: Credentials): Promise<Principal> {
  if (credentials.kind === 'none') return (area !== 'registry' && (await sessionPrincipal(c))) || ANONYMOUS;
  const known = await verify(c, area, credentials);
  if (known) return known;
  // Harbor takes who fails to prove anything for anonymous; on /api that would hide a wrong password behind a list of
  // public projects, so there it is refused.
  if (area === 'api') throw new AppError('UNAUTHORIZED');
  return presenterOf(credentials);
}

async function verify(
  c: Context<AppEnv>,
  area: AuthenticationArea,
  credentials: Credentials,
): Promise<Principal | undefined> {
  const { idTokenLogin, logins, tokens } = c.get('services');
  if (credentials.kind === 'basic') {
    const { username, password } = credentials;
    if (username === WORKLOAD_USERNAME) return loginWorkload(c, password);
    return logins.login(username, password, clientAddress(c));
  }
  if (credentials.kind !== 'bearer') return undefined;
  return area === 'registry' ? tokens.verify(credentials.token) : idTokenLogin.verify(credentials.token);
}

/** Whose browser it is. A page that only polls does not keep its session alive. */
async function sessionPrincipal(c: Context<AppEnv>): Promise<Principal | undefined> {
  const id = sessionCookie(c);
  const isPolling = c.req.header('x-harbor-no-session-renewal') !== undefined;
  return id === undefined ? undefined : c.get('services').sessions.resolve(id, { isPolling });
}

function presenterOf(credentials: Credentials): AnonymousPrincipal {
  return { kind: 'anonymous', presented: credentials.kind === 'bearer' ? 'bearer' : 'basic' };
}
