import { guard } from '#adapters/d1/guards';

/** Milliseconds for which a touch is recent enough not to be written again. */
export const TOUCH_INTERVAL_MS = 60_000;

/**
 * A content that is there keeps its object; somebody wants it, so it is touched. `?1` digest, `?2` bytes, `?3` object key,
 * `?4` now, `?5` whether it is a manifest.
 */
export const UPSERT_BLOB = `
  insert into blobs (digest, size_bytes, object_key, touched_at_ms, created_at_ms, is_manifest) values (?1, ?2, ?3, ?4, ?4, ?5)
  on conflict (digest) do update set
    touched_at_ms = max(touched_at_ms, excluded.touched_at_ms), is_manifest = max(is_manifest, excluded.is_manifest)
  returning id, digest, size_bytes, object_key`;

/**
 * Aborts the batch with BLOB_NOT_AVAILABLE when the digest has come to name an object that garbage collection has deleted or
 * is about to: somebody repeats what he had done, long after.
 */
export function guardObject(db: D1Database, digest: string): D1PreparedStatement {
  const isDoomed = `exists (select 1 from blobs b join doomed_objects d on d.object_key = b.object_key where b.digest = ?)`;
  return guard(db, 'BLOB_NOT_AVAILABLE', `not ${isDoomed}`, digest);
}

/** Makes an object the manifest of a digest, unless the digest has one already. */
export function upsertManifest(
  db: D1Database,
  blob: { readonly digest: string; readonly sizeBytes: number; readonly objectKey: string; readonly nowMs: number },
): D1PreparedStatement[] {
  const { digest, sizeBytes, objectKey, nowMs } = blob;
  return [db.prepare(UPSERT_BLOB).bind(digest, sizeBytes, objectKey, nowMs, 1), guardObject(db, digest)];
}
