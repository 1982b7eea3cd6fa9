import { runBatch, withRetries } from '#adapters/d1/batch';
import { guardObject, TOUCH_INTERVAL_MS, UPSERT_BLOB } from '#adapters/d1/blob-statements';
import { GuardFailed, guard, guardProject } from '#adapters/d1/guards';
import { aliasMessage, LIVING_ALIAS } from '#adapters/d1/repository-aliases';
import { type Digest, parseDigest } from '#core/digest';
import { AppError } from '#core/errors';
import { projectOf, type RepositoryName, withinProject } from '#core/reference';
import type { Blob, UploadedBlob } from '#domain/blobs/blob';
import type { BlobMount, BlobStore } from '#domain/blobs/blob-store';

interface BlobRow {
  id: number;
  digest: string;
  size_bytes: number;
  object_key: string;
}

interface TouchableBlobRow extends BlobRow {
  repository_id: number;
  wants_touch: number;
}

const LINKED_BLOB = `
  from blobs b
  join repository_blobs rb on rb.blob_id = b.id
  join repositories r on r.id = rb.repository_id
  join projects p on p.id = r.project_id
  where b.digest = ?1 and p.name = ?2 and r.name = ?3`;

const FIND_LINKED = `select b.id, b.digest, b.size_bytes, b.object_key ${LINKED_BLOB}`;

const FIND_LINKED_AND_TOUCHABLE = `
  select b.id, b.digest, b.size_bytes, b.object_key, rb.repository_id, (b.touched_at_ms < ?4 and not exists (
    select 1 from artifact_blobs ab where ab.blob_id = b.id and ab.repository_id = rb.repository_id)) as wants_touch
  ${LINKED_BLOB}`;

/** Of a blob that the repository `?3` still has: garbage collection may have taken it, or the link alone, meanwhile. */
const TOUCH = `
  update blobs as b set touched_at_ms = max(touched_at_ms, ?2) where b.object_key = ?1
    and exists (select 1 from repository_blobs rb where rb.repository_id = ?3 and rb.blob_id = b.id)`;

/** No repository is made of the name that another had. Looks first: an insert that runs into a conflict has written a row of SQLite's own, for the sequence of ids. */
const INSERT_REPOSITORY = `
  insert into repositories (project_id, name, created_at_ms, updated_at_ms)
  select ?1, ?2, ?3, ?3 where not exists (select 1 from repositories where project_id = ?1 and name = ?2)
    and not exists (${LIVING_ALIAS})`;

const LINK = `
  insert into repository_blobs (repository_id, blob_id, linked_at_ms)
  select r.id, b.id, ?4 from repositories r, blobs b
  where r.project_id = ?1 and r.name = ?2 and b.digest = ?3
  on conflict do nothing`;

/** One guard for all that a link needs: the project lives, and the repository could be made. */
const GUARD_LINK = `
  insert into guards (code)
  select case
    when not exists (select 1 from projects where id = ?1 and deleted_at_ms is null) then 'PROJECT_GONE'
    else 'NAME_IS_ALIAS' end
  where not exists (
    select 1 from repositories r
    join projects p on p.id = r.project_id
    join blobs b on b.digest = ?3
    join repository_blobs rb on rb.repository_id = r.id and rb.blob_id = b.id
    where r.project_id = ?1 and r.name = ?2 and p.deleted_at_ms is null)`;

/** The content was there already: the uploaded object `?2` goes, and whoever repeats his upload must not get it. */
const DOOM_SPARE = `
  insert into doomed_objects (object_key, doomed_at_ms, deleted_at_ms)
  select ?2, ?3, ?3 where exists (select 1 from blobs where digest = ?1 and object_key <> ?2) on conflict do nothing`;

export class D1BlobStore implements BlobStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findLinked(repository: RepositoryName, digest: Digest): Promise<Blob | undefined> {
    const query = this.#db.prepare(FIND_LINKED).bind(digest, projectOf(repository), withinProject(repository));
    const row = await withRetries(() => query.first<BlobRow>());
    return row ? toBlob(row) : undefined;
  }

  async findLinkedAndTouch(repository: RepositoryName, digest: Digest, nowMs: number): Promise<Blob | undefined> {
    const query = this.#db
      .prepare(FIND_LINKED_AND_TOUCHABLE)
      .bind(digest, projectOf(repository), withinProject(repository), nowMs - TOUCH_INTERVAL_MS);
    const row = await withRetries(() => query.first<TouchableBlobRow>());
    if (!row) return undefined;
    if (!row.wants_touch) return toBlob(row);
    const touched = await withRetries(() =>
      this.#db.prepare(TOUCH).bind(row.object_key, nowMs, row.repository_id).run(),
    );
    return touched.meta.changes > 0 ? toBlob(row) : undefined;
  }

  async commitUpload(upload: UploadedBlob): Promise<Blob> {
    const { projectId, digest, sizeBytes, objectKey, nowMs } = upload;
    const name = withinProject(upload.repository);
    const [upserted] = await runBatch(this.#db, [
      this.#db.prepare(UPSERT_BLOB).bind(digest, sizeBytes, objectKey, nowMs, 0),
      guardObject(this.#db, digest),
      this.#db.prepare(DOOM_SPARE).bind(digest, objectKey, nowMs),
      this.#db.prepare(INSERT_REPOSITORY).bind(projectId, name, nowMs),
      this.#db.prepare(LINK).bind(projectId, name, digest, nowMs),
      this.#db.prepare(GUARD_LINK).bind(projectId, name, digest),
    ]).catch((error: unknown) => {
      throw error instanceof GuardFailed ? commitError(error, upload.repository) : error;
    });
    return toBlob(onlyRow(upserted));
  }

  async mount(mount: BlobMount): Promise<Blob | undefined> {
    const { digest, projectId, nowMs } = mount;
    const name = withinProject(mount.repository);
    const source = mountSource(mount);
    const db = this.#db;
    try {
      const results = await runBatch(db, [
        guard(db, 'BLOB_NOT_LINKED', `exists (${source.query})`, digest, ...source.bindings),
        guardProject(db, projectId),
        guard(db, 'NAME_IS_ALIAS', `not exists (${LIVING_ALIAS})`, projectId, name, nowMs),
        db.prepare(INSERT_REPOSITORY).bind(projectId, name, nowMs),
        db.prepare('update blobs set touched_at_ms = max(touched_at_ms, ?2) where digest = ?1').bind(digest, nowMs),
        db.prepare(LINK).bind(projectId, name, digest, nowMs),
        db.prepare('select id, digest, size_bytes, object_key from blobs where digest = ?').bind(digest),
      ]);
      return toBlob(onlyRow(results.at(-1)));
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
      if (error.code === 'NAME_IS_ALIAS') throw commitError(error, mount.repository);
      return undefined;
    }
  }

  async unlink(repository: RepositoryName, digest: Digest): Promise<'unlinked' | 'unknown' | 'in-use'> {
    const names = [digest, projectOf(repository), withinProject(repository)];
    const inUse = `exists (
      select 1 from projects p join repositories r on r.project_id = p.id join blobs b on b.digest = ?1
      join artifact_blobs ab on ab.blob_id = b.id and ab.repository_id = r.id
      where p.name = ?2 and r.name = ?3)`;
    const remove = `delete from repository_blobs where blob_id = (select id from blobs where digest = ?1) and
      repository_id = (select r.id from repositories r join projects p on p.id = r.project_id where p.name = ?2 and r.name = ?3)`;
    try {
      const results = await runBatch(this.#db, [
        guard(this.#db, 'BLOB_IN_USE', `not ${inUse}`, ...names),
        this.#db.prepare(remove).bind(...names),
      ]);
      return (results[1]?.meta.changes ?? 0) > 0 ? 'unlinked' : 'unknown';
    } catch (error) {
      if (error instanceof GuardFailed) return 'in-use';
      throw error;
    }
  }

  async keysInUse(objectKeys: readonly string[]): Promise<ReadonlySet<string>> {
    const query = this.#db
      .prepare('select object_key from blobs where object_key in (select value from json_each(?))')
      .bind(JSON.stringify(objectKeys));
    const { results } = await withRetries(() => query.all<{ object_key: string }>());
    return new Set(results.map((row) => row.object_key));
  }
}

/** A query that finds a link which permits the mount. `?1` is the digest. */
function mountSource(mount: BlobMount): { query: string; bindings: readonly string[] } {
  if ('repository' in mount.from) {
    const from = mount.from.repository;
    return { query: `select 1 ${LINKED_BLOB}`, bindings: [projectOf(from), withinProject(from)] };
  }
  const query = `
    select 1 from blobs b
    join repository_blobs rb on rb.blob_id = b.id
    join repositories r on r.id = rb.repository_id
    join projects p on p.id = r.project_id
    where b.digest = ?1 and p.name in (select value from json_each(?2))`;
  return { query, bindings: [JSON.stringify(mount.from.anyOfProjects)] };
}

function commitError(failed: GuardFailed, repository: RepositoryName): AppError {
  if (failed.code === 'NAME_IS_ALIAS')
    return new AppError('CONFLICT', { message: aliasMessage(repository), cause: failed });
  return failed.code === 'PROJECT_GONE'
    ? new AppError('NAME_UNKNOWN', { cause: failed })
    : new AppError('BLOB_UPLOAD_UNKNOWN', { cause: failed });
}

function onlyRow(result: D1Result | undefined): BlobRow {
  const row = result?.results[0];
  if (!row) throw new Error('a blob row is missing from the batch that wrote it');
  return row as BlobRow;
}

function toBlob(row: BlobRow): Blob {
  const digest = parseDigest(row.digest);
  if (!digest) throw new Error('a blob row holds a malformed digest');
  return { id: row.id, digest, sizeBytes: row.size_bytes, objectKey: row.object_key };
}
