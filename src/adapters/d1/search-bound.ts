import { withRetries } from '#adapters/d1/batch';
import { AppError } from '#core/errors';

/** Rows that a search which no index serves may look at. */
const MAX_EXAMINED = 10_000;

/**
 * BAD_REQUEST when `candidates` (`select 1 from … where …`, on an index) are more than a search may look at: part of an
 * answer must not pass for all of it, and no request reads a whole registry.
 */
export async function requireSearchable(
  db: D1Database,
  candidates: string,
  bindings: readonly unknown[],
): Promise<void> {
  const query = db.prepare(`select count(*) total from (${candidates} limit ${MAX_EXAMINED + 1})`).bind(...bindings);
  const total = (await withRetries(() => query.first<number>('total'))) ?? 0;
  if (total <= MAX_EXAMINED) return;
  throw new AppError('BAD_REQUEST', {
    message: `more than ${MAX_EXAMINED} artifacts would have to be searched: narrow the list down, for instance by push_time`,
  });
}
