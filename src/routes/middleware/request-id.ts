import type { MiddlewareHandler } from 'hono';
import { newId } from '#core/ids';
import type { AppEnv } from '#routes/app-env';
import { setHeaders } from '#routes/middleware/set-headers';

/** What a client may name its request: short, and harmless in a log. */
const ACCEPTABLE = /^[\w.:=/+@~-]{1,128}$/;

/** Gives each request an id, the client's own where it is sane, and repeats it in the answer. */
export const requestId: MiddlewareHandler<AppEnv> = async (c, next) => {
  const offered = c.req.header('x-request-id');
  const id = offered !== undefined && ACCEPTABLE.test(offered) ? offered : newId();
  c.set('requestId', id);
  await next();
  setHeaders(c, { 'X-Request-Id': id });
};
