import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '#routes/app-env';

/** Every answer under `/v2`, failures included, says which protocol it speaks. */
export const registryVersion: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  c.header('Docker-Distribution-Api-Version', 'registry/2.0');
};
