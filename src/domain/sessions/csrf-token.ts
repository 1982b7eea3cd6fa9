import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const COOKIE_BYTES = 32;
const COOKIE = /^[A-Za-z0-9_-]{43}$/;

/** A value for the cookie that a page of another site can neither read nor set. */
export function newCsrfCookie(): string {
  return randomBytes(COOKIE_BYTES).toString('base64url');
}

export function isCsrfCookie(text: string | undefined): text is string {
  return text !== undefined && COOKIE.test(text);
}

/**
 * The token that belongs to a cookie: who sends both has read an answer of this site. It is not bound to a session, as
 * Harbor's is not: scripts log in with a token and go on with it. A cookie planted by a neighbouring site gains that site
 * nothing, because the token travels in a header, which no page of another origin can send along.
 */
export function csrfTokenOf(cookie: string, secretKey: string): string {
  return createHmac('sha256', secretKey).update(`csrf:${cookie}`).digest('base64url');
}

export function isCsrfToken(token: string, cookie: string, secretKey: string): boolean {
  const [actual, expected] = [Buffer.from(token), Buffer.from(csrfTokenOf(cookie, secretKey))];
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
