import { guard, guardRepository } from '#adapters/d1/guards';
import { guardJudgement } from '#adapters/d1/immutability-guard';
import { OVERWRITTEN_TAGS } from '#adapters/d1/overwritten-tags';
import { underLease } from '#adapters/d1/repository-lease';
import { jsonSlices } from '#adapters/d1/value-limits';
import type { CopyCompletion, CopyPart } from '#domain/artifacts/artifact-copy-store';

/** Artifacts `s` of the repository `?1` whose digests are in the JSON list `?2`. */
const SOURCE = 'json_each(?2) d cross join artifacts s on s.repository_id = ?1 and s.digest = d.value';
/** And `c`, what they have become in the repository `?3`. */
const COPIES = `${SOURCE} cross join artifacts c on c.repository_id = ?3 and c.digest = s.digest`;

/** Blobs `b` that they need, their own bytes among them. */
const BLOBS = `select s.manifest_blob_id from ${SOURCE}
  union select ab.blob_id from ${SOURCE} join artifact_blobs ab on ab.artifact_id = s.id`;

const ALL_THERE = `not exists (select 1 from json_each(?2) d
  where not exists (select 1 from artifacts a where a.repository_id = ?1 and a.digest = d.value))`;

/** Counts of tags and parents are kept by triggers and begin at nothing; nobody has pulled the copy. */
const COPIED_COLUMNS = `manifest_blob_id, manifest_media_type, manifest_size_bytes, config_media_type, artifact_type,
  size_bytes, subject_digest, annotations, type, extra_attributes, icon_digest, accessory_type, accessory_of_digest`;

const COPY_ARTIFACTS = `insert into artifacts (repository_id, pushed_at_ms, digest, ${COPIED_COLUMNS})
  select ?3, ?4, digest, ${COPIED_COLUMNS} from (select s.* from ${SOURCE}) where true
  on conflict (repository_id, digest) do nothing`;

const COPY_BLOBS = `insert into artifact_blobs (artifact_id, blob_id)
  select c.id, ab.blob_id from ${COPIES} join artifact_blobs ab on ab.artifact_id = s.id where true
  on conflict do nothing`;

const LINK_BLOBS = `insert into repository_blobs (repository_id, blob_id, linked_at_ms)
  select distinct ?3, ab.blob_id, ?4 from ${SOURCE} join artifact_blobs ab on ab.artifact_id = s.id where true
  on conflict do nothing`;

const COPY_REFERENCES = `
  insert into artifact_references (parent_id, position, repository_id, child_digest, platform, annotations, urls)
  select c.id, ar.position, ?3, ar.child_digest, ar.platform, ar.annotations, ar.urls
  from ${COPIES} join artifact_references ar on ar.parent_id = s.id where true
  on conflict do nothing`;

const TOUCH = `update blobs set touched_at_ms = max(touched_at_ms, ?3) where id in (${BLOBS})`;

const COPY_TAGS = `insert into tags (repository_id, artifact_id, name, pushed_at_ms)
  select ?3, c.id, t.name, ?4 from ${COPIES} join tags t on t.artifact_id = s.id where true
  on conflict (repository_id, name) do update set artifact_id = excluded.artifact_id, pushed_at_ms = excluded.pushed_at_ms
  where tags.artifact_id <> excluded.artifact_id`;

const IS_TAGGED = `exists (select 1 from tags t join artifacts a on a.id = t.artifact_id
  where t.repository_id = ? and t.name = ? and a.digest = ?)`;

/** No tag moves that was not judged: tags of the source may have come since. */
const MOVED_AS_JUDGED = `not exists (
  select 1 from ${OVERWRITTEN_TAGS} where t.name not in (select value from json_each(?4)))`;

/** Copies the artifacts of a part, under the lease of where they go. */
export function copyStatements(db: D1Database, part: CopyPart): D1PreparedStatement[] {
  const { sourceRepositoryId: source, projectId, repositoryId, lockToken, digests, nowMs } = part;
  return [
    guardRepository(db, repositoryId, projectId),
    ...underLease(db, { repositoryId, lockToken, nowMs }),
    ...jsonSlices(digests).flatMap(({ json }) => [
      guard(db, 'ARTIFACT_GONE', ALL_THERE, source, json),
      db.prepare(COPY_ARTIFACTS).bind(source, json, repositoryId, nowMs),
      db.prepare(COPY_BLOBS).bind(source, json, repositoryId),
      db.prepare(LINK_BLOBS).bind(source, json, repositoryId, nowMs),
      db.prepare(COPY_REFERENCES).bind(source, json, repositoryId),
      db.prepare(TOUCH).bind(source, json, nowMs),
    ]),
  ];
}

/** What a copy ends with, once all its artifacts are there. */
export function completionStatements(db: D1Database, completion: CopyCompletion): D1PreparedStatement[] {
  const { sourceRepositoryId: source, repositoryId, root, tag, parts, digests, judgement, nowMs } = completion;
  const all = jsonSlices([...parts, ...digests]);
  const moved = judgement?.movedTags && JSON.stringify(judgement.movedTags);
  return [
    ...guardJudgement(db, repositoryId, judgement),
    ...(tag === undefined ? [] : [guard(db, 'ARTIFACT_GONE', IS_TAGGED, source, tag, root)]),
    ...jsonSlices(parts).map(({ json }) => guard(db, 'ARTIFACT_GONE', ALL_THERE, repositoryId, json)),
    ...(moved === undefined
      ? []
      : all.map(({ json }) => guard(db, 'TAGS_CHANGED', MOVED_AS_JUDGED, source, json, repositoryId, moved))),
    ...all.map(({ json }) => db.prepare(COPY_TAGS).bind(source, json, repositoryId, nowMs)),
    db
      .prepare('update repositories set published_at_ms = ?2 where id = ?1 and published_at_ms is null')
      .bind(repositoryId, nowMs),
  ];
}
