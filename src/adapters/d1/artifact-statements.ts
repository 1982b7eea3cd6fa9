import { storableText } from '#adapters/d1/value-limits';
import type { ManifestPut } from '#domain/manifests/manifest-store';

/** What a push says of an artifact, beside what its bytes say for ever. */
const TOLD = [
  'manifest_media_type',
  'config_media_type',
  'artifact_type',
  'size_bytes',
  'subject_digest',
  'annotations',
  'type',
];
/** What may be learned later: from a config that could not be read at first, or from a tag. */
const LEARNED = ['extra_attributes', 'icon_digest', 'accessory_type', 'accessory_of_digest'];

const IS_OTHER_TYPE = 'manifest_media_type <> excluded.manifest_media_type';

const UPSERT = `
  insert into artifacts (repository_id, project_id, digest, manifest_blob_id, manifest_size_bytes, pushed_at_ms,
    ${[...TOLD, ...LEARNED].join(', ')})
  select ?1, r.project_id, ?2, b.id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15
  from blobs b, repositories r where b.digest = ?2 and r.id = ?1
  on conflict (repository_id, digest) do update set
    ${TOLD.map((column) => `${column} = excluded.${column}`).join(', ')},
    ${LEARNED.map((column) => `${column} = iif(${IS_OTHER_TYPE}, excluded.${column}, coalesce(excluded.${column}, ${column}))`).join(', ')}
  where ${IS_OTHER_TYPE} or ${LEARNED.map((column) => `(${column} is null and excluded.${column} is not null)`).join(' or ')}`;

/**
 * An artifact that is pushed again stays as it is, unless it is pushed as another type: the last one counts, with all
 * that is said beside it. What the manifest refers to is in its bytes and the same under every type that takes them.
 * Facts that a push could not tell are added by a later one that can.
 */
export function upsertArtifact(db: D1Database, put: ManifestPut): D1PreparedStatement {
  const { manifest, facts, repositoryId, digest, sizeBytes, mutation } = put;
  const annotations =
    Object.keys(manifest.annotations).length > 0 ? storableText(JSON.stringify(manifest.annotations)) : null;
  return db
    .prepare(UPSERT)
    .bind(
      repositoryId,
      digest,
      sizeBytes,
      mutation.nowMs,
      manifest.mediaType,
      manifest.config?.mediaType ?? null,
      manifest.artifactType ?? null,
      sizeBytes + manifest.contentSizeBytes,
      manifest.subject?.digest ?? null,
      annotations,
      facts.type,
      facts.extraAttributes ? JSON.stringify(facts.extraAttributes) : null,
      facts.iconDigest ?? null,
      facts.accessory?.type ?? null,
      facts.accessory?.of ?? null,
    );
}

const SUM_CHILDREN = `
  update artifacts as a set size_bytes = manifest_size_bytes + coalesce((
    select sum(child.size_bytes) from artifact_references ar
    join artifacts child on child.repository_id = ar.repository_id and child.digest = ar.child_digest
    where ar.parent_id = a.id), 0)
  where a.repository_id = ?1 and a.digest = ?2`;

/** An index is as large as the children that are there when it is pushed, as in Harbor; its references come before this. */
export function sumChildren(db: D1Database, { manifest, repositoryId, digest }: ManifestPut): D1PreparedStatement[] {
  return manifest.children.length > 0 ? [db.prepare(SUM_CHILDREN).bind(repositoryId, digest)] : [];
}
