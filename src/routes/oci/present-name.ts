import type { Context } from 'hono';
import { AppError, type ErrorCode } from '#core/errors';
import type { AppEnv } from '#routes/app-env';
import { repositoryParam } from '#routes/oci/params';

type Handler = (c: Context<AppEnv>) => Promise<Response>;

/** What a repository answers that has just been renamed or moved, to an isolate that does not know of it yet. */
const MISSES: ReadonlySet<ErrorCode> = new Set(['NAME_UNKNOWN', 'MANIFEST_UNKNOWN', 'BLOB_UNKNOWN', 'CONFLICT']);

/**
 * Does it once more when something was missed under a name that stands for something else by now. Only a miss asks, so that
 * a hit costs no query. A body cannot be read twice: its sender is asked to try again.
 */
export function underPresentName(handler: Handler): Handler {
  return async (c) => {
    try {
      return await handler(c);
    } catch (error) {
      const isMiss = error instanceof AppError && MISSES.has(error.code);
      if (!isMiss || !(await c.get('services').aliases.hasChanged(repositoryParam(c)))) throw error;
      if (!c.req.raw.bodyUsed) return handler(c);
      const message = 'the repository has just been renamed or moved, try again';
      throw new AppError('SERVICE_UNAVAILABLE', { message, retryAfterSeconds: 1, cause: error });
    }
  };
}
