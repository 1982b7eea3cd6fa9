import type { MiddlewareHandler } from 'hono';
import { AppError } from '#core/errors';
import type { AppEnv } from '#routes/app-env';
import { isSafeMethod } from '#routes/middleware/safe-methods';

/** What is served in read-only mode all the same (`harbor:src/core/middlewares/middlewares.go`). */
const EXEMPT: ReadonlySet<string> = new Set([
  'PUT /api/v2.0/configurations',
  'POST /c/login',
  'POST /c/log_out',
  'POST /c/userExists',
  'POST /c/oidc/onboard',
]);

/**
 * Refuses what would change anything while administrators have set `read_only`, whoever asks. The setting is looked at
 * only by such requests, so that pulls pay nothing for it.
 */
export const refuseWhenReadOnly: MiddlewareHandler<AppEnv> = async (c, next) => {
  const isExempt = isSafeMethod(c.req.method) || EXEMPT.has(`${c.req.method} ${c.req.path}`);
  if (!isExempt && (await c.get('services').configuration.current()).read_only) {
    throw new AppError('DENIED', { message: 'The system is in read only mode. Any modification is prohibited.' });
  }
  await next();
};
