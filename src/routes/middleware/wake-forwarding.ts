import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '#routes/app-env';
import { isSafeMethod } from '#routes/middleware/safe-methods';

/** Browsers log in and out by links and redirects. */
const LOGINS = '/c/';

/** What may have written to the audit log has it forwarded soon, after the answer. */
export const wakeForwarding: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  if (!isSafeMethod(c.req.method) || c.req.path.startsWith(LOGINS)) c.get('services').forwarding.wake();
};
