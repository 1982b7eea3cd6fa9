import type { MiddlewareHandler } from 'hono';
import { AppError } from '#core/errors';
import { areEscapesComplete, isQueryReadable } from '#core/request-path';
import type { AppEnv } from '#routes/app-env';

/**
 * Refuses an address that does not parse, before anything is done for it (`harbor:src/server/middleware/url`): of a query
 * read in another way than it was meant, a condition could be missing.
 */
export const requireReadableUrl: MiddlewareHandler<AppEnv> = async (c, next) => {
  const [, path = '', query = ''] = /^([^?#]*)\??([^#]*)/.exec(c.req.url) ?? [];
  if (!areEscapesComplete(path)) throw new AppError('BAD_REQUEST', { message: 'the path is not properly escaped' });
  if (!isQueryReadable(query)) {
    throw new AppError('BAD_REQUEST', { message: 'the query has a semicolon, or is not properly escaped' });
  }
  await next();
};
