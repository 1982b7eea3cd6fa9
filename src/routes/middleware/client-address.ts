import type { Context } from 'hono';
import type { AppEnv } from '#routes/app-env';

/**
 * The address a request came from. `CF-Connecting-IP` is set by the platform, and by the embedded server, over whatever
 * the client sent. `X-Forwarded-For` counts only where a proxy in front is trusted, and then only its last entry: that
 * one the proxy has added itself.
 */
export function clientAddress(c: Context<AppEnv>): string | undefined {
  if (c.get('services').settings.isProxyTrusted) {
    const forwarded = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim();
    if (forwarded) return forwarded;
  }
  return c.req.header('cf-connecting-ip');
}
