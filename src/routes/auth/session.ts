import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '#core/errors';
import { isSystemAdmin } from '#domain/access/principal';
import type { AppEnv } from '#routes/app-env';
import { startSession } from '#routes/auth/start-session';
import { clientAddress } from '#routes/middleware/client-address';
import { publicUrl } from '#routes/middleware/public-url';
import { clearSessionCookie, sessionCookie } from '#routes/middleware/session-cookie';

/** Largest form, in bytes. */
const MAX_FORM_BYTES = 16 * 1_024;

const limitForm = bodyLimit({
  maxSize: MAX_FORM_BYTES,
  onError: () => {
    throw new AppError('REQUEST_ENTITY_TOO_LARGE', { message: 'the form is larger than 16 KiB' });
  },
});

/** Harbor's `/c/*`: how browsers log in and out (`harbor:src/core/controllers/base.go`). */
export function sessionRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .post('/login', limitForm, login)
    .get('/log_out', logOut)
    .post('/userExists', limitForm, userExists);
}

/** `POST /c/login`: opens a session. The answer to a wrong password has no body. */
async function login(c: Context<AppEnv>): Promise<Response> {
  const [username, password] = [await formField(c, 'principal'), await formField(c, 'password')];
  const { logins, oidc, users } = c.get('services');
  if (await oidc.isProvidersUser(username)) return redirectLocation(c, '/c/oidc/login');
  const principal = await logins.login(username, password, clientAddress(c));
  // Machines have no sessions: they would outlive their tokens.
  if (principal?.kind !== 'user') return refuseLogin(c, username);
  const user = await users.findById(principal.userId);
  // What was proven was proven of the account as it stood then: a password that has changed since opens nothing.
  if (user?.securityVersion !== principal.securityVersion) return refuseLogin(c, username);
  await startSession(c, user);
  return c.body(null, 200);
}

function refuseLogin(c: Context<AppEnv>, username: string): Response {
  const failure = { operation: 'login', resourceType: 'user', resource: username, description: 'login' };
  c.get('services').failures.record(failure, { username, sourceAddress: clientAddress(c) });
  return c.body(null, 401);
}

/** `GET /c/log_out`: ends the session; one of the OIDC provider's ends where it can end there too. */
async function logOut(c: Context<AppEnv>): Promise<Response> {
  const { oidc, sessions } = c.get('services');
  const principal = c.get('principal');
  const isProviders = principal.kind === 'user' && (await oidc.isProvidersUser(principal.username));
  if (isProviders) return redirectLocation(c, '/c/oidc/logout');
  await sessions.close(sessionCookie(c) ?? '', c.get('actor'));
  clearSessionCookie(c);
  return c.body(null, 200);
}

/** Harbor's way to tell a page where to go instead. */
function redirectLocation(c: Context<AppEnv>, path: string): Response {
  return c.json({ redirect_location: publicUrl(c) + path }, 403);
}

/** `POST /c/userExists`: for the form where people sign up, whether a name or an address is taken. */
async function userExists(c: Context<AppEnv>): Promise<Response> {
  const [target, value] = [await formField(c, 'target'), await formField(c, 'value')];
  const { configuration, users } = c.get('services');
  const { self_registration: isOpen } = await configuration.current();
  if (!isOpen && !isSystemAdmin(c.get('principal'))) {
    throw new AppError('PRECONDITION', { message: 'self registration is off' });
  }
  if (target !== 'username' && target !== 'email') {
    throw new AppError('BAD_REQUEST', { message: 'target must be username or email' });
  }
  return c.json(await users.isTaken(target, value));
}

/** A field of the form; BAD_REQUEST when it is missing, twice there, or a file. */
async function formField(c: Context<AppEnv>, name: string): Promise<string> {
  const value = (await c.req.parseBody({ all: true }))[name];
  if (typeof value === 'string') return value;
  throw new AppError('BAD_REQUEST', { message: `the form needs one field ${name}` });
}
