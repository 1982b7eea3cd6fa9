import type { MiddlewareHandler } from 'hono';
import { AppError } from '#core/errors';
import { DELIVERY_HEADER } from '#domain/webhooks/delivery-job';
import type { AppEnv } from '#routes/app-env';

/**
 * Refuses what a webhook sends: it has come back to where it began, by a name that was not known for the registry's, and what
 * it would do here would be told by webhooks again.
 */
export const refuseDeliveries: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.header(DELIVERY_HEADER) !== undefined) {
    throw new AppError('BAD_REQUEST', { message: 'a webhook cannot be delivered to the registry itself' });
  }
  await next();
};
