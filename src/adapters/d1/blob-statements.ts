import { guard } from '#adapters/d1/guards';

/** States in which a blob may be served and linked; `b` is the blob's row. */
export const AVAILABLE = `b.state in ('none', 'marked')`;

/**
 * A row that is being deleted, or whose deletion failed, takes the new object; any other keeps its own. A row whose very
 * object is being deleted stays as it is: a guard beside this statement refuses that.
 */
export const UPSERT_BLOB = `
  insert into blobs (digest, size_bytes, object_key, touched_at_ms, created_at_ms) values (?1, ?2, ?3, ?4, ?4)
  on conflict (digest) do update set
    touched_at_ms = excluded.touched_at_ms,
    object_key = case when state in ('none', 'marked') then object_key else excluded.object_key end,
    version = version + (state <> 'none'),
    state = 'none'
  where state in ('none', 'marked') or object_key <> excluded.object_key
  returning id, digest, size_bytes, object_key`;

/**
 * Makes an object the content of a digest, unless the digest has a usable one already. An object that is itself being
 * deleted is refused with BLOB_NOT_AVAILABLE.
 */
export function upsertBlob(
  db: D1Database,
  blob: { readonly digest: string; readonly sizeBytes: number; readonly objectKey: string; readonly nowMs: number },
): D1PreparedStatement[] {
  const { digest, sizeBytes, objectKey, nowMs } = blob;
  const isDoomed = `exists (select 1 from blobs b where b.digest = ? and b.object_key = ? and not (${AVAILABLE}))`;
  return [
    guard(db, 'BLOB_NOT_AVAILABLE', `not ${isDoomed}`, digest, objectKey),
    db.prepare(UPSERT_BLOB).bind(digest, sizeBytes, objectKey, nowMs),
  ];
}
