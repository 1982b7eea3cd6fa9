import { guard } from '#adapters/d1/guards';

/**
 * Statements that make a batch valid only under a lease of the repository: the row remembers the newest token that
 * wrote, and a holder with an older one, whose lease ran out while it was slow, is refused.
 */
export function underLease(
  db: D1Database,
  lease: { readonly repositoryId: number; readonly lockToken: number; readonly nowMs: number },
): D1PreparedStatement[] {
  const { repositoryId, lockToken, nowMs } = lease;
  return [
    db
      .prepare('update repositories set lock_token = ?2, updated_at_ms = ?3 where id = ?1 and lock_token <= ?2')
      .bind(repositoryId, lockToken, nowMs),
    guard(
      db,
      'LOCK_LOST',
      'exists (select 1 from repositories where id = ? and lock_token = ?)',
      repositoryId,
      lockToken,
    ),
  ];
}
