import type { Context } from 'hono';
import type { AppEnv } from '#routes/app-env';

/** Where clients reach this registry, without a trailing slash: as configured, or else as this request came. */
export function publicUrl(c: Context<AppEnv>): string {
  return c.get('services').settings.externalUrl ?? new URL(c.req.url).origin;
}
