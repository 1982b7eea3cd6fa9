import type { Context } from 'hono';
import type { User } from '#domain/users/user';
import type { AppEnv } from '#routes/app-env';
import { clientAddress } from '#routes/middleware/client-address';
import { sessionCookie, setSessionCookie } from '#routes/middleware/session-cookie';

/**
 * Opens a session in the browser that asks; one that somebody else may have planted there ends. `sealedIdToken` is the OIDC
 * provider's.
 */
export async function startSession(c: Context<AppEnv>, user: User, sealedIdToken?: string): Promise<void> {
  const { sessions } = c.get('services');
  const actor = { username: user.username, sourceAddress: clientAddress(c) };
  await sessions.close(sessionCookie(c) ?? '', actor);
  setSessionCookie(c, await sessions.open(user, actor, sealedIdToken));
}
