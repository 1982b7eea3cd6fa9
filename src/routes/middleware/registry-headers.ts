import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '#routes/app-env';
import { setHeaders } from '#routes/middleware/set-headers';

/**
 * What every answer under `/v2` carries, failures included: which protocol it speaks, and that a browser must take
 * nothing in it for a page of this site, whatever type a client has given its manifest.
 */
const HEADERS = {
  'Docker-Distribution-Api-Version': 'registry/2.0',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
} as const;

export const registryHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  setHeaders(c, HEADERS);
};
