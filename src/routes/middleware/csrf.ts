import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { AppError } from '#core/errors';
import { csrfTokenOf, isCsrfCookie, isCsrfToken, newCsrfCookie } from '#domain/sessions/csrf-token';
import type { AppEnv } from '#routes/app-env';
import { isSafeMethod } from '#routes/middleware/safe-methods';
import { isSecure, sessionCookie } from '#routes/middleware/session-cookie';

/** Harbor's names for them; its clients look for the header in a 403 and try again with it. */
const CSRF_COOKIE = '_gorilla_csrf';
const CSRF_HEADER = 'X-Harbor-CSRF-Token';

/** Gives browsers a cookie and the token that belongs to it, in every answer and in refusals too. */
export const issueCsrfToken: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { secretKey } = c.get('services').settings;
  await next();
  if (!isBrowser(c) || secretKey === undefined) return;
  const presented = getCookie(c, CSRF_COOKIE);
  const cookie = isCsrfCookie(presented) ? presented : newCsrfCookie();
  if (cookie !== presented) {
    setCookie(c, CSRF_COOKIE, cookie, { path: '/', httpOnly: true, sameSite: 'Strict', secure: isSecure(c) });
  }
  c.header(CSRF_HEADER, csrfTokenOf(cookie, secretKey));
};

/**
 * Harbor's rule (`harbor:src/server/middleware/csrf/csrf.go`): what a browser sends with its session, and everything
 * under `/c`, must carry a token that only a page of this site can know. Requests on `/api` without a session cookie need
 * none: they bring credentials of their own, or act in nobody's name.
 */
export const requireCsrfToken: MiddlewareHandler<AppEnv> = async (c, next) => {
  const isExempt = /^\/api(?:\/|$)/.test(c.req.path) && sessionCookie(c) === undefined;
  if (!isSafeMethod(c.req.method) && !isExempt && !hasCsrfToken(c)) {
    const isMissing = c.req.header(CSRF_HEADER) === undefined;
    throw new AppError('FORBIDDEN', { message: isMissing ? 'CSRF token not found in request' : 'CSRF token invalid' });
  }
  await next();
};

/** Whether the request carries the token of a page of this site, whoever sends it. */
export function hasCsrfToken(c: Context<AppEnv>): boolean {
  const { secretKey } = c.get('services').settings;
  const [cookie, token] = [getCookie(c, CSRF_COOKIE), c.req.header(CSRF_HEADER)];
  return (
    secretKey !== undefined && isCsrfCookie(cookie) && token !== undefined && isCsrfToken(token, cookie, secretKey)
  );
}

function isBrowser(c: Context<AppEnv>): boolean {
  return /^\/c(?:\/|$)/.test(c.req.path) || sessionCookie(c) !== undefined || getCookie(c, CSRF_COOKIE) !== undefined;
}
