import { failedGuard } from '#adapters/d1/guards';
import { retryTransient } from '#core/retry';

/** What D1 says when a try later, or a try again, may succeed (developers.cloudflare.com/d1/observability/debug-d1). */
const TRANSIENT =
  /overloaded|network connection lost|storage operation exceeded timeout|reset|internal error|timed out/i;
const OPERATION_REPEATED = /UNIQUE constraint failed: audit_log\.operation_id/;

/**
 * Runs statements as one transaction. Transient failures are tried again, which is safe because every batch either may
 * be repeated or carries an audit row whose operation id is unique: a repetition that fails on that id has been
 * committed before.
 *
 * Rejects with {@link GuardFailed}, with DENIED when a project's quota is too small, `RulesChanged`, SERVICE_UNAVAILABLE, or
 * whatever D1 said.
 */
export function runBatch(db: D1Database, statements: D1PreparedStatement[]): Promise<D1Result[]> {
  let attempts = 0;
  return withRetries(async () => {
    attempts++;
    try {
      return await db.batch(statements);
    } catch (error) {
      if (attempts > 1 && OPERATION_REPEATED.test(messageOf(error))) return [];
      throw error;
    }
  });
}

/** Runs one query, trying again as {@link runBatch} does. */
export async function withRetries<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await retryTransient(run, (error) => !failedGuard(error) && TRANSIENT.test(messageOf(error)));
  } catch (error) {
    throw failedGuard(error) ?? error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
