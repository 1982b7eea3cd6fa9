import { runBatch, withRetries } from '#adapters/d1/batch';
import { GuardFailed } from '#adapters/d1/guards';
import { MAX_COUNTED } from '#adapters/d1/page';
import { restoreArtifactStatements, restoreTagStatements } from '#adapters/d1/trash-statements';
import type { Digest } from '#core/digest';
import { AppError } from '#core/errors';
import type { OffsetPage } from '#core/pagination';
import type { TagName } from '#core/reference';
import type { DeletedTag, RestorableArtifact, RestorableTag, TrashItem } from '#domain/trash/trash';
import type { ArtifactRestore, TagRestore, TrashStore } from '#domain/trash/trash-store';

interface ItemRow {
  kind: 'artifact' | 'tag';
  digest: Digest;
  deleted_by: string;
  deleted_at_ms: number;
  name: string | null;
  type: string;
  manifest_media_type: string;
  size_bytes: number;
  /** JSON list. */
  tags: string;
  deleted_with: Digest | null;
}

interface RestorableRow {
  id: number;
  digest: Digest;
}

interface TagRow {
  name: string;
  digest: Digest;
  taken_by: Digest | null;
}

interface DeletedTagRow extends TagRow {
  pushed_at_ms: number;
  pulled_at_ms: number | null;
}

const ARTIFACTS = `select 'artifact' as kind, id, digest, deleted_by, deleted_at_ms, null as name, artifact, tags,
  deleted_with_digest from artifact_trash where repository_id = ?1`;

const TAGS = `select 'tag' as kind, id, digest, deleted_by, deleted_at_ms, name, '{}' as artifact, '[]' as tags,
  null as deleted_with_digest from tag_trash tt where repository_id = ?1
  and exists (select 1 from artifacts a where a.repository_id = ?1 and a.digest = tt.digest)`;

const NEWEST = 'order by deleted_at_ms desc, id desc';

/** No more of either is read than the pages until this one could hold. */
const PAGE = `
  select kind, digest, deleted_by, deleted_at_ms, name, artifact ->> '$.type' as type,
    artifact ->> '$.manifest_media_type' as manifest_media_type, artifact ->> '$.size_bytes' as size_bytes,
    (select json_group_array(value ->> '$.name') from json_each(tags)) as tags, deleted_with_digest as deleted_with
  from (select * from (${ARTIFACTS} ${NEWEST} limit ?2 + ?3) union all select * from (${TAGS} ${NEWEST} limit ?2 + ?3))
  ${NEWEST} limit ?2 offset ?3`;

const COUNT = `select count(*) as total from (${ARTIFACTS} union all ${TAGS} limit ${MAX_COUNTED})`;

/** The artifact `?2` and what went with it. */
const RESTORABLE = `artifact_trash t where t.id in (
  select id from artifact_trash where repository_id = ?1 and digest = ?2
  union all select id from artifact_trash where repository_id = ?1 and deleted_with_digest = ?2)`;

const TAKEN_BY = `(select a.digest from tags g join artifacts a on a.id = g.artifact_id
  where g.repository_id = ?1 and g.name = NAME)`;

const RESTORABLE_TAGS = `select k.value ->> '$.name' as name, t.digest,
    ${TAKEN_BY.replace('NAME', "k.value ->> '$.name'")} as taken_by
  from (select t.digest, t.tags from ${RESTORABLE}) t join json_each(t.tags) k order by 1`;

const DELETED_TAG = `select name, digest, pushed_at_ms, pulled_at_ms, ${TAKEN_BY.replace('NAME', '?2')} as taken_by
  from tag_trash where repository_id = ?1 and name = ?2`;

export class D1TrashStore implements TrashStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async list(repositoryId: number, { limit, offset }: OffsetPage) {
    const [listed, counted] = await runBatch(this.#db, [
      this.#db.prepare(PAGE).bind(repositoryId, limit, offset),
      this.#db.prepare(COUNT).bind(repositoryId),
    ]);
    return {
      items: ((listed?.results ?? []) as ItemRow[]).map(toItem),
      total: ((counted?.results ?? []) as { total: number }[])[0]?.total ?? 0,
    };
  }

  async findArtifact(repositoryId: number, digest: Digest): Promise<RestorableArtifact | undefined> {
    const [found, tags] = await runBatch(this.#db, [
      this.#db.prepare(`select t.id, t.digest from ${RESTORABLE} order by t.id`).bind(repositoryId, digest),
      this.#db.prepare(RESTORABLE_TAGS).bind(repositoryId, digest),
    ]);
    const rows = (found?.results ?? []) as RestorableRow[];
    if (!rows.some((row) => row.digest === digest)) return undefined;
    return {
      trashIds: rows.map(({ id }) => id),
      digests: rows.map((row) => row.digest),
      tags: ((tags?.results ?? []) as TagRow[]).map(toTag),
    };
  }

  async findTag(repositoryId: number, name: TagName): Promise<DeletedTag | undefined> {
    const query = this.#db.prepare(DELETED_TAG).bind(repositoryId, name);
    const row = await withRetries(() => query.first<DeletedTagRow>());
    return row ? { ...toTag(row), pushedAtMs: row.pushed_at_ms, pulledAtMs: row.pulled_at_ms ?? undefined } : undefined;
  }

  async restoreArtifact(restore: ArtifactRestore): Promise<void> {
    const statements = restoreArtifactStatements(this.#db, restore);
    await runBatch(this.#db, statements).catch((error) => rethrow(error, `artifact ${restore.digest}`));
  }

  async restoreTag(restore: TagRestore): Promise<void> {
    const statements = restoreTagStatements(this.#db, restore);
    await runBatch(this.#db, statements).catch((error) => rethrow(error, `tag ${restore.tag.name}`, restore.tag));
  }
}

function rethrow(error: unknown, what: string, tag?: RestorableTag): never {
  if (!(error instanceof GuardFailed)) throw error;
  const fail = (code: 'NOT_FOUND' | 'CONFLICT', message: string) => new AppError(code, { message, cause: error });
  switch (error.code) {
    case 'TRASH_GONE':
      throw fail('NOT_FOUND', `${what} not found in the trash`);
    case 'ARTIFACT_GONE':
      throw fail('NOT_FOUND', `${what} named the artifact ${tag?.digest}, which is deleted; restore that first`);
    case 'NAME_TAKEN':
      throw fail('CONFLICT', `${what} names the artifact ${tag?.takenBy} now; overwrite=true takes it from there`);
    default:
      throw new AppError('SERVICE_UNAVAILABLE', { cause: error, retryAfterSeconds: 1 });
  }
}

function toItem(row: ItemRow): TrashItem {
  const deletion = { digest: row.digest, deletedBy: row.deleted_by, deletedAtMs: row.deleted_at_ms };
  if (row.kind === 'tag') return { ...deletion, kind: 'tag', name: row.name ?? '' };
  return {
    ...deletion,
    kind: 'artifact',
    type: row.type,
    manifestMediaType: row.manifest_media_type,
    sizeBytes: row.size_bytes,
    tags: JSON.parse(row.tags) as string[],
    deletedWith: row.deleted_with ?? undefined,
  };
}

function toTag(row: TagRow): RestorableTag {
  return { name: row.name, digest: row.digest, takenBy: row.taken_by ?? undefined };
}
