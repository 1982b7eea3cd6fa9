import { deleteStatements, findDeleted } from '#adapters/d1/artifact-deletion';
import { sumChildren, upsertArtifact } from '#adapters/d1/artifact-statements';
import { runBatch, withRetries } from '#adapters/d1/batch';
import { TOUCH_INTERVAL_MS, upsertManifest } from '#adapters/d1/blob-statements';
import { type GuardCode, GuardFailed, guard, guardRepository } from '#adapters/d1/guards';
import { guardJudgement } from '#adapters/d1/immutability-guard';
import { mutationStatements } from '#adapters/d1/mutation';
import { underLease } from '#adapters/d1/repository-lease';
import { restoreChildrenStatements } from '#adapters/d1/trash-statements';
import { type JsonSlice, jsonSlices, storableText } from '#adapters/d1/value-limits';
import type { Digest } from '#core/digest';
import { AppError, type ErrorCode } from '#core/errors';
import type { Descriptor } from '#core/manifest';
import { projectOf, type RepositoryName, type TagName, withinProject } from '#core/reference';
import { JOB_ACTORS } from '#domain/jobs/job-actors';
import type { ArtifactDeletion, ManifestPut, ManifestStore } from '#domain/manifests/manifest-store';
import type { StoredManifest } from '#domain/manifests/stored-manifest';
import type { UnfitBlob } from '#domain/manifests/unfit-blobs';

interface ManifestRow {
  artifact_id: number;
  repository_id: number;
  project_id: number;
  digest: string;
  media_type: string;
  size_bytes: number;
  object_key: string;
}

interface TouchableManifestRow extends ManifestRow {
  wants_touch: number;
}

const MANIFEST = `
  select a.id as artifact_id, a.repository_id, r.project_id, a.digest, a.manifest_media_type as media_type,
    a.manifest_size_bytes as size_bytes, b.object_key
  from projects p
  join repositories r on r.project_id = p.id`;

const BY_DIGEST = `${MANIFEST}
  join artifacts a on a.repository_id = r.id
  join blobs b on b.id = a.manifest_blob_id
  where p.name = ?1 and r.name = ?2 and a.digest = ?3`;

/** Whether nobody but whoever asks keeps garbage collection from the manifest, and the last to ask is no longer recent. */
const BY_DIGEST_AND_TOUCHABLE = BY_DIGEST.replace(
  'b.object_key',
  'b.object_key, (a.tag_count = 0 and b.touched_at_ms < ?4) as wants_touch',
);

const TOUCH = `update blobs set touched_at_ms = max(touched_at_ms, ?2)
  where id = (select manifest_blob_id from artifacts where repository_id = ?3 and digest = ?1)`;

const BY_TAG = `${MANIFEST}
  join tags t on t.repository_id = r.id
  join artifacts a on a.id = t.artifact_id
  join blobs b on b.id = a.manifest_blob_id
  where p.name = ?1 and r.name = ?2 and t.name = ?3`;

/** What the repository `?2` holds of the descriptor `d`. */
const LINKED_BLOB = `from blobs b join repository_blobs rb on rb.blob_id = b.id
    where b.digest = d.value ->> '$.digest' and rb.repository_id = ?2`;

/** Descriptors of the JSON list `?1` for which the repository `?2` has no usable link to a blob of that size. */
const UNFIT_BLOBS = `
  select d.value ->> '$.digest' as digest, d.value ->> '$.size' as declared, (select b.size_bytes ${LINKED_BLOB}) as actual
  from json_each(?1) d
  where not exists (select 1 ${LINKED_BLOB} and b.size_bytes = d.value ->> '$.size')`;

/**
 * Links again what the repository had until an artifact was deleted: a push that found the blob there before, and now comes
 * with its manifest, must not fail.
 */
const RELINK = `
  insert into repository_blobs (repository_id, blob_id, linked_at_ms)
  select ?2, b.id, ?3 from json_each(?1) d join blobs b on b.digest = d.value ->> '$.digest'
  where not exists (select 1 from repository_blobs rb where rb.repository_id = ?2 and rb.blob_id = b.id)
    and exists (select 1 from artifact_trash_blobs tb where tb.blob_id = b.id and tb.repository_id = ?2)
  on conflict do nothing`;

/**
 * Children of the JSON list `?1` that the repository `?2` had until lately: those that went along with something, or by a job,
 * and that whoever pushes the index found there before. What somebody deleted by itself stays deleted.
 */
const LOST_CHILDREN = `
  select t.id from json_each(?1) d join artifact_trash t on t.repository_id = ?2 and t.digest = d.value ->> '$.digest'
  where t.deleted_with_digest is not null or t.deleted_by in (select value from json_each(?3))`;

interface UnfitRow {
  digest: Digest;
  declared: number;
  actual: number | null;
}

const GUARD_ERRORS: Readonly<Partial<Record<GuardCode, ErrorCode>>> = {
  PROJECT_GONE: 'NAME_UNKNOWN',
  LOCK_LOST: 'SERVICE_UNAVAILABLE',
  REPOSITORY_MOVED: 'SERVICE_UNAVAILABLE',
  BLOB_NOT_LINKED: 'MANIFEST_BLOB_UNKNOWN',
  ARTIFACT_GONE: 'MANIFEST_UNKNOWN',
  ARTIFACT_REFERENCED: 'VIOLATE_FOREIGN_KEY_CONSTRAINT',
};

export class D1ManifestStore implements ManifestStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  findByDigest(repository: RepositoryName, digest: Digest): Promise<StoredManifest | undefined> {
    return this.#find(BY_DIGEST, repository, digest);
  }

  findByTag(repository: RepositoryName, tag: TagName): Promise<StoredManifest | undefined> {
    return this.#find(BY_TAG, repository, tag);
  }

  async findByDigestAndTouch(
    repository: RepositoryName,
    digest: Digest,
    nowMs: number,
  ): Promise<StoredManifest | undefined> {
    const query = this.#db
      .prepare(BY_DIGEST_AND_TOUCHABLE)
      .bind(projectOf(repository), withinProject(repository), digest, nowMs - TOUCH_INTERVAL_MS);
    const row = await withRetries(() => query.first<TouchableManifestRow>());
    if (!row) return undefined;
    if (!row.wants_touch) return toStoredManifest(row);
    const touch = this.#db.prepare(TOUCH).bind(digest, nowMs, row.repository_id);
    const touched = await withRetries(() => touch.run());
    return touched.meta.changes > 0 ? toStoredManifest(row) : undefined;
  }

  async findObjectKey(digest: Digest): Promise<string | undefined> {
    const query = this.#db.prepare('select b.object_key from blobs b where b.digest = ?').bind(digest);
    return (await withRetries(() => query.first<string>('object_key'))) ?? undefined;
  }

  async unfitBlobs(repositoryId: number, blobs: readonly Descriptor[]): Promise<readonly UnfitBlob[]> {
    const queries = blobSlices(blobs).map(({ json }) => this.#db.prepare(UNFIT_BLOBS).bind(json, repositoryId));
    const answers = await runBatch(this.#db, queries);
    return answers.flatMap(({ results }) => (results as UnfitRow[]).map(toUnfitBlob));
  }

  async put(put: ManifestPut): Promise<'stored' | 'object-gone'> {
    try {
      const lostChildren = await this.#lostChildren(put);
      await runBatch(this.#db, putStatements(this.#db, put, lostChildren));
      return 'stored';
    } catch (error) {
      if (error instanceof GuardFailed && error.code === 'BLOB_NOT_AVAILABLE') return 'object-gone';
      return this.#rethrow(error, put.repositoryId);
    }
  }

  async delete(deletion: ArtifactDeletion): Promise<readonly Digest[]> {
    const artifacts = await findDeleted(this.#db, deletion.repositoryId, [deletion.digest]);
    const statements = deleteStatements(this.#db, deletion, artifacts);
    await runBatch(this.#db, statements).catch((error) => this.#rethrow(error, deletion.repositoryId));
    return artifacts.map(({ digest }) => digest);
  }

  /** To be asked under the lease, without which nothing goes to the trash. */
  async #lostChildren({ manifest, repositoryId }: ManifestPut): Promise<readonly number[]> {
    const queries = jsonSlices(manifest.children.map(({ digest }) => ({ digest }))).map(({ json }) =>
      this.#db.prepare(LOST_CHILDREN).bind(json, repositoryId, JSON.stringify(JOB_ACTORS)),
    );
    if (queries.length === 0) return [];
    const answers = await runBatch(this.#db, queries);
    return [...new Set(answers.flatMap(({ results }) => (results as { id: number }[]).map(({ id }) => id)))];
  }

  /** The lease of a repository that is gone is lost too, but asking again would not help. */
  async #rethrow(error: unknown, repositoryId: number): Promise<never> {
    const code = error instanceof GuardFailed ? GUARD_ERRORS[error.code] : undefined;
    if (code === undefined) throw error;
    if (code !== 'SERVICE_UNAVAILABLE') throw new AppError(code, { cause: error });
    const query = this.#db.prepare('select 1 from repositories where id = ?').bind(repositoryId);
    if (!(await withRetries(() => query.first()))) throw new AppError('NAME_UNKNOWN', { cause: error });
    throw new AppError(code, { cause: error, retryAfterSeconds: 1 });
  }

  async #find(sql: string, repository: RepositoryName, last: string): Promise<StoredManifest | undefined> {
    const query = this.#db.prepare(sql).bind(projectOf(repository), withinProject(repository), last);
    const row = await withRetries(() => query.first<ManifestRow>());
    return row ? toStoredManifest(row) : undefined;
  }
}

function putStatements(db: D1Database, put: ManifestPut, lostChildren: readonly number[]): D1PreparedStatement[] {
  const { projectId, repositoryId, digest, manifest } = put;
  const { nowMs } = put.mutation;
  const blobs = blobSlices(manifest.blobs);
  return [
    ...mutationStatements(db, put.mutation),
    guardRepository(db, repositoryId, projectId),
    ...underLease(db, { repositoryId, lockToken: put.lockToken, nowMs }),
    ...guardJudgement(db, repositoryId, put.judgement),
    ...restoreChildrenStatements(db, lostChildren, nowMs),
    ...blobs.map(({ json }) => db.prepare(RELINK).bind(json, repositoryId, nowMs)),
    ...blobs.map(({ json }) => guard(db, 'BLOB_NOT_LINKED', `not exists (${UNFIT_BLOBS})`, json, repositoryId)),
    ...(put.isKnownObject ? [objectIsInUse(db, put)] : []),
    ...upsertManifest(db, { digest, sizeBytes: put.sizeBytes, objectKey: put.objectKey, nowMs }),
    upsertArtifact(db, put),
    db.prepare('delete from artifact_trash where repository_id = ? and digest = ?').bind(repositoryId, digest),
    ...insertReferences(db, put, blobs),
    ...sumChildren(db, put),
    ...moveTags(db, put),
    db
      .prepare('update repositories set published_at_ms = ?2 where id = ?1 and published_at_ms is null')
      .bind(repositoryId, nowMs),
  ];
}

function objectIsInUse(db: D1Database, put: ManifestPut): D1PreparedStatement {
  const condition = 'exists (select 1 from blobs where digest = ? and object_key = ?)';
  return guard(db, 'BLOB_NOT_AVAILABLE', condition, put.digest, put.objectKey);
}

function insertReferences(db: D1Database, put: ManifestPut, blobs: readonly JsonSlice[]): D1PreparedStatement[] {
  const { manifest, repositoryId, digest } = put;
  const insertBlobs = `insert into artifact_blobs (artifact_id, blob_id, repository_id)
    select a.id, b.id, a.repository_id from artifacts a, json_each(?3) d join blobs b on b.digest = d.value ->> '$.digest'
    where a.repository_id = ?1 and a.digest = ?2 on conflict do nothing`;
  const insertChildren = `insert into artifact_references
      (parent_id, position, repository_id, child_digest, platform, annotations, urls)
    select a.id, d.key + ?4, a.repository_id, d.value ->> '$.digest', d.value -> '$.platform', d.value -> '$.annotations',
      d.value -> '$.urls'
    from artifacts a, json_each(?3) d where a.repository_id = ?1 and a.digest = ?2 on conflict do nothing`;
  return [
    ...blobs.map(({ json }) => db.prepare(insertBlobs).bind(repositoryId, digest, json)),
    ...jsonSlices(manifest.children.map(toReference)).map(({ json, offset }) =>
      db.prepare(insertChildren).bind(repositoryId, digest, json, offset),
    ),
  ];
}

/** A layer may be there many times; one that is said to have two sizes stays twice, and so is refused. */
function blobSlices(blobs: readonly Descriptor[]): readonly JsonSlice[] {
  const distinct = new Map(blobs.map(({ digest, size }) => [`${digest} ${size}`, { digest, size }]));
  return jsonSlices([...distinct.values()]);
}

function toUnfitBlob({ digest, declared, actual }: UnfitRow): UnfitBlob {
  return { digest, declaredBytes: declared, actualBytes: actual ?? undefined };
}

/** What the row of a child holds; its digest alone, should the rest be too long. */
function toReference({ digest, platform, annotations, urls }: Descriptor): Partial<Descriptor> {
  const reference = { digest, platform, annotations, urls };
  return storableText(JSON.stringify(reference)) === null ? { digest } : reference;
}

function moveTags(db: D1Database, put: ManifestPut): D1PreparedStatement[] {
  if (put.tags.length === 0) return [];
  const sql = `insert into tags (repository_id, artifact_id, name, pushed_at_ms)
    select a.repository_id, a.id, d.value, ?4 from artifacts a, json_each(?3) d
    where a.repository_id = ?1 and a.digest = ?2
    on conflict (repository_id, name) do update set artifact_id = excluded.artifact_id, pushed_at_ms = excluded.pushed_at_ms`;
  return [db.prepare(sql).bind(put.repositoryId, put.digest, JSON.stringify(put.tags), put.mutation.nowMs)];
}

function toStoredManifest(row: ManifestRow): StoredManifest {
  return {
    artifactId: row.artifact_id,
    repositoryId: row.repository_id,
    projectId: row.project_id,
    digest: row.digest as Digest,
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    objectKey: row.object_key,
  };
}
