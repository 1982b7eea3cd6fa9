/** SQL of what garbage is. `b` is the row of a blob, `CUTOFF` the latest time at which something old was touched. */

const ARE_TOUCHED = (cutoff: string) => `b.touched_at_ms <= ${cutoff}`;

/** A link `rb` of the blob `b` that is old, and that no manifest of its repository needs. */
export function isStaleLink(cutoff: string): string {
  return `rb.linked_at_ms <= ${cutoff} and ${ARE_TOUCHED(cutoff)} and not exists (select 1 from artifact_blobs ab
    where ab.blob_id = rb.blob_id and ab.repository_id = rb.repository_id)`;
}

/** Nothing refers to the blob. Foreign keys say the same once more, when its row is deleted. */
export function isUnneeded(cutoff: string): string {
  return `${ARE_TOUCHED(cutoff)}
    and not exists (select 1 from repository_blobs rb where rb.blob_id = b.id)
    and not exists (select 1 from artifact_blobs ab where ab.blob_id = b.id)
    and not exists (select 1 from artifacts a where a.manifest_blob_id = b.id)
    and not exists (select 1 from artifact_trash_blobs tb where tb.blob_id = b.id)
    and not exists (select 1 from artifact_trash t where t.manifest_blob_id = b.id)`;
}

const isRemembered = (id: string) =>
  `exists (select 1 from dry_run_deletions d where d.kind = 'artifact' and d.id = ${id})`;

/**
 * Nothing would refer to the blob, once a run had deleted the artifacts that the dry run remembers, old trash, and stale links.
 * Of artifacts that are to go the links go with them.
 */
export function wouldBeUnneeded(cutoff: string): string {
  return `${ARE_TOUCHED(cutoff)}
    and not exists (select 1 from artifacts a where a.manifest_blob_id = b.id and not ${isRemembered('a.id')})
    and not exists (select 1 from artifact_blobs ab where ab.blob_id = b.id and not ${isRemembered('ab.artifact_id')})
    and not exists (select 1 from repository_blobs rb where rb.blob_id = b.id and rb.linked_at_ms > ${cutoff}
      and not exists (select 1 from artifact_blobs ab where ab.blob_id = b.id and ab.repository_id = rb.repository_id))
    and not exists (select 1 from artifact_trash t where t.manifest_blob_id = b.id and t.deleted_at_ms > ${cutoff})
    and not exists (select 1 from artifact_trash_blobs tb join artifact_trash t on t.id = tb.trash_id
      where tb.blob_id = b.id and t.deleted_at_ms > ${cutoff})`;
}

export interface CandidateBlobRow {
  readonly id: number;
  readonly digest: string;
  readonly object_key: string;
  readonly size_bytes: number;
  readonly is_manifest: number;
  /** 0 or 1. */
  readonly is_garbage: number;
}

/** Candidates of the subquery `ids`, a column `id`, in order, and whether each is garbage. */
export function candidateBlobs(ids: string, isGarbage: string): string {
  return `select b.id, b.digest, b.object_key, b.size_bytes, b.is_manifest, (${isGarbage}) as is_garbage
    from (${ids}) c cross join blobs b on b.id = c.id order by b.id`;
}
