import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { routePath } from 'hono/route';
import { AppError, toEnvelope } from '#core/errors';
import { Moved } from '#domain/aliases/moved';
import type { AppEnv } from '#routes/app-env';
import { challengeFor } from '#routes/middleware/challenge';
import { redirectTo } from '#routes/middleware/moved';

/** Renders every failure of every route, and what is somewhere else: the envelope, Retry-After, and on `/v2` the challenge of a 401. */
export function onError(thrown: Error, c: Context<AppEnv>): Response {
  if (thrown instanceof Moved) return redirectTo(thrown, c);
  const error = spelledFor(c, toAppError(thrown));
  if (error.status >= 500 && error.cause !== undefined) logFailure(c, error);
  const headers = new Headers({ 'content-type': 'application/json; charset=utf-8' });
  if (error.retryAfterSeconds !== undefined) headers.set('retry-after', String(error.retryAfterSeconds));
  if (error.status === 401) {
    const challenge = challengeFor(c, error.challengeScopes);
    if (challenge) headers.set('www-authenticate', challenge);
  }
  const body = c.req.method === 'HEAD' ? null : JSON.stringify(toEnvelope(error));
  return new Response(body, { status: error.status, headers });
}

/** What a failure is to the client. The framework's own refusals (a malformed body) keep their status, not their text. */
function toAppError(thrown: Error): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof HTTPException && thrown.status < 500) {
    const code = thrown.status === 413 ? 'REQUEST_ENTITY_TOO_LARGE' : 'BAD_REQUEST';
    return new AppError(code, { cause: thrown });
  }
  return new AppError('UNKNOWN', { cause: thrown });
}

/** The distribution-spec and Harbor name one failure differently. */
function spelledFor(c: Context<AppEnv>, error: AppError): AppError {
  if (error.code !== 'TOO_MANY_REQUEST' || !/^\/v2(\/|$)/.test(c.req.path)) return error;
  const { message, retryAfterSeconds, cause } = error;
  return new AppError('TOOMANYREQUESTS', { message, retryAfterSeconds, cause });
}

/** One JSON line; the only place a cause is told. It names the route, as an upload's path is a credential. */
function logFailure(c: Context<AppEnv>, { code, message, cause }: AppError): void {
  console.error(
    JSON.stringify({
      level: 'error',
      requestId: c.get('requestId'),
      method: c.req.method,
      route: routePath(c),
      code,
      message,
      cause: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
    }),
  );
}
