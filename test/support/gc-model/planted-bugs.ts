import type { Rewrite } from '#test/support/gc-model/sqlite-database';

/** A part of a statement that is left out or turned into its opposite, as somebody might by mistake. */
interface PlantedBug {
  readonly name: string;
  readonly replaced: string;
  readonly by: string;
  /** Only in statements that hold this too. */
  readonly where?: string;
  /** Within a few hundred histories; the others take thousands. */
  readonly isNoticedSoon?: boolean;
}

/** Each takes one precaution away; the model must notice every one of them. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'links are taken though their blob was asked for lately',
    replaced: 'and b.touched_at_ms <=',
    by: 'and 0 <',
    where: 'rb.linked_at_ms <=',
  },
  {
    name: 'links are taken though a manifest needs them',
    replaced: 'where ab.blob_id = rb.blob_id and ab.repository_id = rb.repository_id',
    by: 'where false',
    where: 'rb.linked_at_ms <=',
  },
  {
    name: 'what was planned is not looked at again when links are taken',
    replaced: `select 'GARBAGE_CHANGED' where not`,
    by: `select 'GARBAGE_CHANGED' where false and not`,
    where: 'repository_blobs rb on rb.repository_id',
  },
  {
    name: 'an upload that is repeated gets an object that was deleted',
    replaced: 'exists (select 1 from blobs b join doomed_objects d',
    by: 'exists (select 1 from blobs b join (select null as object_key) d',
  },
  {
    name: 'an upload that is repeated gets an object that was never needed',
    replaced: 'select ?2, ?3, ?3 where exists (',
    by: 'select ?2, ?3, ?3 where false and exists (',
  },
  {
    name: 'a manifest whose object was deleted is pushed without its bytes',
    replaced: 'exists (select 1 from blobs where digest = ? and object_key = ?)',
    by: '(? <> ?)',
  },
  {
    name: 'whoever asks for a blob does not keep it',
    replaced: 'set touched_at_ms = max(touched_at_ms, ?2) where b.object_key = ?1',
    by: 'set touched_at_ms = iif(?2, touched_at_ms, touched_at_ms) where b.object_key = ?1',
  },
  {
    name: 'whoever asks for a blob keeps it even when his repository has lost it',
    replaced: 'and exists (select 1 from repository_blobs rb where rb.repository_id = ?3 and rb.blob_id = b.id)',
    by: 'and ?3 > 0',
  },
  {
    name: 'a blob that is uploaded again is not kept',
    replaced: 'touched_at_ms = max(touched_at_ms, excluded.touched_at_ms)',
    by: 'touched_at_ms = touched_at_ms',
  },
  {
    name: 'an untagged artifact is deleted though it has got a tag',
    replaced: 'and a.tag_count = 0 and a.parent_count = 0',
    by: '',
    where: `'ARTIFACT_WANTED'`,
  },
  {
    name: 'an untagged artifact is deleted though it was asked for lately',
    replaced: 'max(a.pushed_at_ms, b.touched_at_ms)',
    by: '0',
  },
  {
    name: 'deletions cannot be undone for the window',
    isNoticedSoon: true,
    replaced: 'where deleted_at_ms <= ?1 order by deleted_at_ms',
    by: 'where ?1 > 0 order by deleted_at_ms',
  },
  {
    name: 'blobs of the trash are deleted',
    isNoticedSoon: true,
    replaced: 'and not exists (select 1 from artifact_trash_blobs tb where tb.blob_id = b.id)',
    by: '',
  },
  {
    name: 'blobs of manifests are deleted',
    replaced: 'and not exists (select 1 from artifacts a where a.manifest_blob_id = b.id)',
    by: '',
  },
  {
    name: 'objects of which nothing is deleted count as gone',
    replaced: 'select object_key from doomed_objects where deleted_at_ms is null order by object_key limit ?',
    by: 'select object_key from doomed_objects where deleted_at_ms is null order by object_key limit ? - 1000',
  },
  {
    name: 'a push does not find again what was deleted meanwhile',
    replaced: 'and exists (select 1 from artifact_trash_blobs tb where tb.blob_id = b.id and tb.repository_id = ?2)',
    by: 'and false',
  },
  {
    name: 'objects that are doomed while their intent is swept are forgotten',
    replaced: 'and object_key < ?2 and deleted_at_ms is not null',
    by: 'and object_key < ?2',
  },
  {
    name: 'links of the oldest blobs are never looked at',
    replaced: `(blob_id, repository_id) > (?1, ?2)`,
    by: `(blob_id, repository_id) > (?1 + 2, ?2)`,
  },
];

/** Plants it. */
export function plant({ replaced, by, where = '' }: PlantedBug): Rewrite {
  return (sql) => (sql.includes(where) ? sql.replaceAll(replaced, by) : sql);
}
