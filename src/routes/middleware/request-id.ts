import type { Context, MiddlewareHandler } from 'hono';
import { newId } from '#core/ids';
import type { AppEnv } from '#routes/app-env';

/** What a client may name its request: short, and harmless in a log. */
const ACCEPTABLE = /^[A-Za-z0-9._-]{1,64}$/;

/** Gives each request an id, the client's own where it is sane, and repeats it in the answer. */
export const requestId: MiddlewareHandler<AppEnv> = async (c, next) => {
  const offered = c.req.header('x-request-id');
  const id = offered !== undefined && ACCEPTABLE.test(offered) ? offered : newId();
  c.set('requestId', id);
  await next();
  setHeader(c, id);
};

/** `c.header` would build the answer anew; that is needed only for those that came from a cache. */
function setHeader(c: Context<AppEnv>, id: string): void {
  try {
    c.res.headers.set('X-Request-Id', id);
  } catch {
    c.header('X-Request-Id', id);
  }
}
