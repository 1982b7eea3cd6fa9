import type { MiddlewareHandler } from 'hono';
import { AppError } from '#core/errors';
import { ANONYMOUS, type AnonymousPrincipal, type Principal, principalName } from '#domain/access/principal';
import type { AppEnv } from '#routes/app-env';
import { clientAddress } from '#routes/middleware/client-address';
import { type Credentials, parseAuthorization } from '#routes/middleware/credentials';
import type { Services } from '#src/services';

/** The three places that read credentials: only `/v2` takes registry tokens, only `/api` insists on valid ones. */
export type AuthenticationArea = 'registry' | 'token-service' | 'api';

/** Finds out who asks, and sets `principal` and `actor`. */
export function authenticate(area: AuthenticationArea): MiddlewareHandler<AppEnv> {
  return async function authenticateCaller(c, next) {
    const credentials = parseAuthorization(c.req.header('authorization'));
    if (credentials.kind === 'basic') c.set('claimedUser', credentials.username);
    const principal = await identify(c.get('services'), area, credentials);
    c.set('principal', principal);
    c.set('actor', { username: principalName(principal), sourceAddress: clientAddress(c) });
    await next();
  };
}

async function identify(services: Services, area: AuthenticationArea, credentials: Credentials): Promise<Principal> {
  if (credentials.kind === 'none') return ANONYMOUS;
  const known = await verify(services, area, credentials);
  if (known) return known;
  // Harbor takes who fails to prove anything for anonymous; on /api that would hide a wrong password behind a list of
  // public projects, so there it is refused.
  if (area === 'api') throw new AppError('UNAUTHORIZED');
  return presenterOf(credentials);
}

async function verify(
  services: Services,
  area: AuthenticationArea,
  credentials: Credentials,
): Promise<Principal | undefined> {
  if (credentials.kind === 'basic') return services.logins.login(credentials.username, credentials.password);
  if (credentials.kind === 'bearer' && area === 'registry') return services.tokens.verify(credentials.token);
  return undefined;
}

function presenterOf(credentials: Credentials): AnonymousPrincipal {
  return { kind: 'anonymous', presented: credentials.kind === 'bearer' ? 'bearer' : 'basic' };
}
