import { type Context, Hono } from 'hono';
import type { AppEnv } from '#routes/app-env';
import { startSession } from '#routes/auth/start-session';
import { clientAddress } from '#routes/middleware/client-address';

/** Harbor's `/c/authproxy/*` (`harbor:src/core/controllers/authproxy_redirect.go`). */
export function authProxyRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/redirect', logIn);
}

/**
 * `GET /c/authproxy/redirect?token=&postURI=`: the auth proxy's page sends browsers here with a token of its, and they
 * arrive logged in. Any other page can do the same with a token of its own user's: who follows its link goes on as that
 * user, without noticing (login CSRF). Harbor's portal and its proxies need the address as it is, and nothing in the
 * request tells the two apart; what it cannot be used for is to lead a browser to another site, or to act as its user.
 */
async function logIn(c: Context<AppEnv>): Promise<Response> {
  const token = c.req.query('token') ?? '';
  const returnTo = c.req.query('postURI') || '/';
  const user = await c.get('services').proxyLogins.login({ token, returnTo, sourceAddress: clientAddress(c) });
  await startSession(c, user);
  // The token is in the address of this page.
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'no-referrer');
  return c.redirect(returnTo, 302);
}
