import type { Context, Hono } from 'hono';
import { AppError } from '#core/errors';
import type { AppEnv } from '#routes/app-env';
import { onError } from '#routes/middleware/error-handler';

const METHODS = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'] as const;

/** Answers what no route has answered: 405 with `Allow` where another method has one, or else 404. */
export function notFound(app: Hono<AppEnv>): (c: Context<AppEnv>) => Response {
  return function answerUnknown(c) {
    const { method, path } = c.req;
    const allowed = METHODS.filter((other) => hasRoute(app, other, path));
    if (allowed.length === 0) return onError(new AppError('NOT_FOUND', { message: 'path not found' }), c);
    const message = `method ${method.slice(0, 16)} is not allowed here, but ${allowed.join(', ')}`;
    const response = onError(new AppError('METHOD_NOT_ALLOWED', { message }), c);
    response.headers.set('allow', allowed.join(', '));
    return response;
  };
}

/** Middleware is there for all methods; it is no answer. Who may GET may ask for the HEAD of it. */
function hasRoute(app: Hono<AppEnv>, method: string, path: string): boolean {
  const asked = method === 'HEAD' ? 'GET' : method;
  return app.router.match(asked, path)[0].some(([[, route]]) => route.method === asked);
}
