/**
 * Entries of the audit log stay until they have been forwarded, and its ids are given anew once the last ones are gone. So
 * whoever deletes entries spares those that are still to be sent, and sets the mark back to the last entry there is.
 */
const NOT_ABOVE = 9_007_199_254_740_991;

/** The last entry that may be deleted: what forwarding has reached, or any where nothing is forwarded. */
export const LAST_FORWARDED = `coalesce((select forwarded_id from audit_forwarding where id = 1), ${NOT_ABOVE})`;

/** To stand in the batch of a deletion, after it. */
export function setMarkBack(db: D1Database): D1PreparedStatement {
  return db.prepare(
    `update audit_forwarding set forwarded_id = min(forwarded_id, coalesce((select max(id) from audit_log), 0)) where id = 1`,
  );
}
