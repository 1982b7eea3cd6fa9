import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { AppEnv } from '#routes/app-env';
import { publicUrl } from '#routes/middleware/public-url';

/** Harbor's name for it. */
const SESSION_COOKIE = 'sid';

/** The session the request says it belongs to. */
export function sessionCookie(c: Context<AppEnv>): string | undefined {
  return getCookie(c, SESSION_COOKIE);
}

/** Lax, so that a link from elsewhere arrives logged in; what changes anything needs a CSRF token besides. */
export function setSessionCookie(c: Context<AppEnv>, id: string): void {
  setCookie(c, SESSION_COOKIE, id, { path: '/', httpOnly: true, sameSite: 'Lax', secure: isSecure(c) });
}

export function clearSessionCookie(c: Context<AppEnv>): void {
  deleteCookie(c, SESSION_COOKIE, { path: '/', httpOnly: true, sameSite: 'Lax', secure: isSecure(c) });
}

/** Whether clients reach this registry by https, so that cookies must not travel without. */
export function isSecure(c: Context<AppEnv>): boolean {
  return publicUrl(c).startsWith('https:');
}
