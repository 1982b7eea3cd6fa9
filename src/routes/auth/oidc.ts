import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { AppError } from '#core/errors';
import { PENDING_TTL_MS } from '#domain/oidc/pending-logins';
import type { AppEnv } from '#routes/app-env';
import { onboardingPage } from '#routes/auth/onboarding-page';
import { startSession } from '#routes/auth/start-session';
import { clientAddress } from '#routes/middleware/client-address';
import { publicUrl } from '#routes/middleware/public-url';
import { clearSessionCookie, isSecure, sessionCookie } from '#routes/middleware/session-cookie';

/** Holds the ticket of somebody who has no name yet. */
const TICKET_COOKIE = 'oidc_ticket';
const MAX_BODY_BYTES = 16 * 1_024;

const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new AppError('REQUEST_ENTITY_TOO_LARGE', { message: 'the body is larger than 16 KiB' });
  },
});

const onboardSchema = z.object({ username: z.string() });

/** Harbor's `/c/oidc/*` (`harbor:src/core/controllers/oidc.go`). In other modes than `oidc_auth` all answer 412. */
export function oidcRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get('/login', redirectToProvider)
    .get('/callback', comeBack)
    .post('/onboard', limitBody, onboard)
    .get('/logout', logOut);
}

/**
 * `/oidc-onboard`: the page where somebody chooses a name, and its form, which works without a script. The form needs no
 * CSRF token: the ticket travels in a cookie that no other site's page sends.
 */
export function onboardingRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/', showOnboarding).post('/', limitBody, submitOnboarding);
}

/** `GET /c/oidc/login?redirect_url=` */
async function redirectToProvider(c: Context<AppEnv>): Promise<Response> {
  const redirectUrl = c.req.query('redirect_url') ?? '';
  const { oidc } = c.get('services');
  const { url, state, browserKey } = await oidc.begin(publicUrl(c), redirectUrl, clientAddress(c));
  // Lax: the provider's redirect must bring it along.
  const cookie = { path: '/c/oidc', httpOnly: true, sameSite: 'Lax', secure: isSecure(c) } as const;
  setCookie(c, loginCookie(state), browserKey, { ...cookie, maxAge: PENDING_TTL_MS / 1_000 });
  return redirect(c, url);
}

/** `GET /c/oidc/callback`: the provider sends the browser here. */
async function comeBack(c: Context<AppEnv>): Promise<Response> {
  const parameters = c.req.query();
  const cookie = loginCookie(parameters['state'] ?? '');
  const browserKey = getCookie(c, cookie);
  deleteCookie(c, cookie, { path: '/c/oidc', secure: isSecure(c) });
  const answer = { parameters, browserKey, sourceAddress: clientAddress(c) };
  const outcome = await c.get('services').oidc.finish(publicUrl(c), answer);
  if (outcome.kind === 'login') {
    await startSession(c, outcome.user, outcome.sealedIdToken);
    return redirect(c, outcome.redirectUrl);
  }
  const { ticket, username, redirectUrl } = outcome;
  setCookie(c, TICKET_COOKIE, ticket, { ...ticketCookie(c), maxAge: PENDING_TTL_MS / 1_000 });
  return redirect(c, `/oidc-onboard?${new URLSearchParams({ username, redirect_url: redirectUrl })}`);
}

/** `POST /c/oidc/onboard`: the portal's way to choose a name. */
async function onboard(c: Context<AppEnv>): Promise<Response> {
  const parsed = onboardSchema.safeParse(await c.req.json().catch(() => undefined));
  if (!parsed.success) throw new AppError('BAD_REQUEST', { message: 'the body must be {"username": "…"}' });
  await finishOnboarding(c, parsed.data.username);
  return c.body(null, 200);
}

/** `GET /c/oidc/logout`: ends the session here, and at the provider when the settings say so. */
async function logOut(c: Context<AppEnv>): Promise<Response> {
  const { oidc, sessions } = c.get('services');
  const id = sessionCookie(c) ?? '';
  const [session, principal] = [await sessions.find(id), c.get('principal')];
  const isGood = principal.kind === 'user' && principal.userId === session?.userId;
  const url = await oidc.logoutUrl(publicUrl(c), session && { ...session, isGood });
  await sessions.close(id, c.get('actor'));
  clearSessionCookie(c);
  return redirect(c, url);
}

async function showOnboarding(c: Context<AppEnv>): Promise<Response> {
  await c.get('services').oidc.requireMode();
  return onboardingPage(c, { username: c.req.query('username') ?? '' });
}

async function submitOnboarding(c: Context<AppEnv>): Promise<Response> {
  const { username } = await c.req.parseBody();
  const name = typeof username === 'string' ? username : '';
  try {
    return redirect(c, await finishOnboarding(c, name), 303);
  } catch (error) {
    // A name that cannot be is the form's to tell.
    if (!(error instanceof AppError) || (error.status !== 400 && error.status !== 409)) throw error;
    return onboardingPage(c, { username: name, problem: error });
  }
}

/** Answers where the browser goes. */
async function finishOnboarding(c: Context<AppEnv>, username: string): Promise<string> {
  const ticket = getCookie(c, TICKET_COOKIE) ?? '';
  const login = await c.get('services').oidc.onboard(ticket, username, clientAddress(c));
  deleteCookie(c, TICKET_COOKIE, ticketCookie(c));
  await startSession(c, login.user, login.sealedIdToken);
  return login.redirectUrl;
}

function redirect(c: Context<AppEnv>, url: string, status: 302 | 303 = 302): Response {
  c.header('Cache-Control', 'no-store');
  c.header('Referrer-Policy', 'no-referrer');
  return c.redirect(url, status);
}

/** One for each login under way, as a browser may have several; of a state that is none, a cookie that is none. */
function loginCookie(state: string): string {
  return `oidc_login_${state.slice(0, 8).replace(/[^\w-]/g, '_')}`;
}

function ticketCookie(c: Context<AppEnv>) {
  return { path: '/', httpOnly: true, sameSite: 'Strict', secure: isSecure(c) } as const;
}
