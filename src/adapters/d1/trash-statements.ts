import { guard } from '#adapters/d1/guards';
import { guardJudgement } from '#adapters/d1/immutability-guard';
import { mutationStatements } from '#adapters/d1/mutation';
import { underLease } from '#adapters/d1/repository-lease';
import { artifactFromJson, TRASHED_COLUMNS } from '#adapters/d1/trash-columns';
import type { ArtifactRestore, TagRestore } from '#domain/trash/trash-store';

/** Remembers the tag `?2` of the repository `?1`, deleted by `?3` at `?4`; of a name, the newest deletion counts. */
export const TRASH_TAG = `
  insert into tag_trash (repository_id, name, digest, pushed_at_ms, pulled_at_ms, deleted_by, deleted_at_ms)
  select t.repository_id, t.name, a.digest, t.pushed_at_ms, t.pulled_at_ms, ?3, ?4
  from tags t join artifacts a on a.id = t.artifact_id where t.repository_id = ?1 and t.name = ?2
  on conflict (repository_id, name) do update set digest = excluded.digest, pushed_at_ms = excluded.pushed_at_ms,
    pulled_at_ms = excluded.pulled_at_ms, deleted_by = excluded.deleted_by, deleted_at_ms = excluded.deleted_at_ms`;

/** `?1` is the JSON list of the ids in the trash, everywhere below. */
const IDS = '(select value from json_each(?1))';

/** Config, layers and manifests. */
const NEEDED_BLOBS = `select blob_id from artifact_trash_blobs where trash_id in ${IDS}
  union select manifest_blob_id from artifact_trash where id in ${IDS}`;

const RESTORED = `artifact_trash t join artifacts a on a.repository_id = t.repository_id and a.digest = t.digest`;

const RESTORE_TAGS = `
  insert into tags (repository_id, artifact_id, name, pushed_at_ms, pulled_at_ms)
  select a.repository_id, a.id, g.value ->> '$.name', g.value ->> '$.pushedAtMs', g.value ->> '$.pulledAtMs'
  from ${RESTORED} join json_each(t.tags) g where t.id in ${IDS} on conflict do nothing`;

const FORGET = `delete from artifact_trash where id in ${IDS}`;

/** Each in its turn: what is wanted again is kept from garbage collection before it is linked. Tags are left out. */
const RESTORE = [
  `update blobs set touched_at_ms = max(touched_at_ms, ?2) where id in (${NEEDED_BLOBS})`,
  `insert into repository_blobs (repository_id, blob_id, linked_at_ms)
   select distinct repository_id, blob_id, ?2 from artifact_trash_blobs where trash_id in ${IDS} on conflict do nothing`,
  `insert into artifacts (repository_id, digest, manifest_blob_id, ${TRASHED_COLUMNS.join(', ')})
   select repository_id, digest, manifest_blob_id, ${artifactFromJson('artifact')} from artifact_trash where id in ${IDS}
   on conflict do nothing`,
  `insert into artifact_blobs (artifact_id, blob_id, repository_id)
   select a.id, tb.blob_id, a.repository_id from ${RESTORED} join artifact_trash_blobs tb on tb.trash_id = t.id
   where t.id in ${IDS} on conflict do nothing`,
  `insert into artifact_references (parent_id, position, repository_id, child_digest, platform, annotations, urls)
   select a.id, c.value ->> '$.position', a.repository_id, c.value ->> '$.childDigest', c.value ->> '$.platform',
     c.value ->> '$.annotations', c.value ->> '$.urls'
   from ${RESTORED} join json_each(t.children) c where t.id in ${IDS} on conflict do nothing`,
  // Labels of a project that the repository has left stay there.
  `insert into artifact_labels (artifact_id, label_id)
   select a.id, l.id from ${RESTORED} join json_each(t.labels) k join labels l on l.id = k.value
   where t.id in ${IDS} and l.project_id in (0, a.project_id) on conflict do nothing`,
];

/** Brings artifacts back that an index needs again: as they were, but without tags. */
export function restoreChildrenStatements(
  db: D1Database,
  trashIds: readonly number[],
  nowMs: number,
): D1PreparedStatement[] {
  return trashIds.length === 0 ? [] : restoring(db, trashIds, nowMs, [...RESTORE, FORGET]);
}

function restoring(db: D1Database, trashIds: readonly number[], nowMs: number, statements: readonly string[]) {
  const ids = JSON.stringify(trashIds);
  return statements.map((sql) => db.prepare(sql).bind(...(sql.includes('?2') ? [ids, nowMs] : [ids])));
}

/** Brings artifacts back as they were deleted, but for tags whose names are taken. */
export function restoreArtifactStatements(db: D1Database, restore: ArtifactRestore): D1PreparedStatement[] {
  const { repositoryId, lockToken, trashIds, mutation } = restore;
  const { nowMs } = mutation;
  const ids = JSON.stringify(trashIds);
  const areThere = `(select count(*) from artifact_trash where id in ${IDS}) = ?2`;
  return [
    ...mutationStatements(db, mutation),
    ...underLease(db, { repositoryId, lockToken, nowMs }),
    guard(db, 'TRASH_GONE', areThere, ids, trashIds.length),
    ...restoring(db, trashIds, nowMs, [...RESTORE, RESTORE_TAGS, FORGET]),
  ];
}

/** Points the tag at its artifact again. What it names until then takes its place in the trash. */
export function restoreTagStatements(db: D1Database, restore: TagRestore): D1PreparedStatement[] {
  const { repositoryId, lockToken, tag, isOverwriting, judgement, mutation } = restore;
  const { nowMs, actor } = mutation;
  const names = [repositoryId, tag.name, tag.digest] as const;
  const inTrash = 'from tag_trash where repository_id = ?1 and name = ?2 and digest = ?3';
  const artifact = 'from artifacts where repository_id = ?1 and digest = ?3';
  const isElsewhere = `exists (select 1 from tags t join artifacts a on a.id = t.artifact_id
    where t.repository_id = ?1 and t.name = ?2 and a.digest <> ?3)`;
  const insert = `insert into tags (repository_id, artifact_id, name, pushed_at_ms, pulled_at_ms)
    select ?1, id, ?2, ?4, ?5 ${artifact} on conflict (repository_id, name) do update set
      artifact_id = excluded.artifact_id, pushed_at_ms = excluded.pushed_at_ms, pulled_at_ms = excluded.pulled_at_ms`;
  return [
    ...mutationStatements(db, mutation),
    ...underLease(db, { repositoryId, lockToken, nowMs }),
    guard(db, 'TRASH_GONE', `exists (select 1 ${inTrash})`, ...names),
    guard(db, 'ARTIFACT_GONE', `exists (select 1 ${artifact})`, ...names),
    guard(db, 'NAME_TAKEN', `?4 or not ${isElsewhere}`, ...names, isOverwriting ? 1 : 0),
    ...guardJudgement(db, repositoryId, judgement),
    db.prepare(`delete ${inTrash}`).bind(...names),
    ...(isOverwriting ? [db.prepare(TRASH_TAG).bind(repositoryId, tag.name, actor.username, nowMs)] : []),
    db.prepare(insert).bind(...names, tag.pushedAtMs, tag.pulledAtMs ?? null),
  ];
}
