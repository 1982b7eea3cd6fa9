import type { Context } from 'hono';
import type { AppEnv } from '#routes/app-env';

/** `c.header` would build the answer anew; that is needed only for those that came from a cache. */
export function setHeaders(c: Context<AppEnv>, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      c.res.headers.set(name, value);
    } catch {
      c.header(name, value);
    }
  }
}
