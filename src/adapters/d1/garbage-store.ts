import { runBatch, withRetries } from '#adapters/d1/batch';
import { type CandidateBlobRow, candidateBlobs, isStaleLink, isUnneeded } from '#adapters/d1/garbage-statements';
import { GuardFailed, guard } from '#adapters/d1/guards';
import { progressStatements } from '#adapters/d1/task-progress';
import type { GarbageStore, Link, OldTrash, Outcome, Sifted, UnneededBlob } from '#domain/gc/garbage-store';
import type { Progress } from '#domain/jobs/progress';

interface CandidateLinkRow {
  readonly blob_id: number;
  readonly repository_id: number;
  readonly is_stale: number;
}

const LINKS = `
  select c.blob_id, c.repository_id, exists (
    select 1 from blobs b join repository_blobs rb on rb.blob_id = b.id and rb.repository_id = c.repository_id
    where b.id = c.blob_id and ${isStaleLink('?3')}) as is_stale
  from (select blob_id, repository_id from garbage_candidates
    where (blob_id, repository_id) > (?1, ?2) and repository_id > 0 order by blob_id, repository_id limit ?4) c`;

/** How many of the links of the list `?1` are stale by `?2`. */
const STALE_LINKS = `(select count(*) from json_each(?1) l
  cross join repository_blobs rb on rb.repository_id = l.value ->> '$.repositoryId' and rb.blob_id = l.value ->> '$.blobId'
  join blobs b on b.id = rb.blob_id where ${isStaleLink('?2')})`;

const UNLINK = `delete from repository_blobs where (repository_id, blob_id) in (
  select value ->> '$.repositoryId', value ->> '$.blobId' from json_each(?1))`;

const BLOBS = candidateBlobs(
  'select blob_id as id from garbage_candidates where blob_id > ?1 and repository_id = 0 order by blob_id limit ?3',
  isUnneeded('?2'),
);

/** How many objects of the list `?1` are of blobs that are unneeded by `?2`. */
const UNNEEDED_BLOBS = `(select count(*) from json_each(?1) k cross join blobs b on b.object_key = k.value
  where ${isUnneeded('?2')})`;

const OLD = (table: string) =>
  `(select count(*) from ${table} where id in (select value from json_each(?1)) and deleted_at_ms <= ?2)`;

export class D1GarbageStore implements GarbageStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findTrash(cutoffMs: number, limit: number): Promise<OldTrash> {
    const select = (table: string) =>
      this.#db
        .prepare(`select id from ${table} where deleted_at_ms <= ?1 order by deleted_at_ms limit ?2`)
        .bind(cutoffMs, limit);
    const results = await runBatch(this.#db, [select('artifact_trash'), select('tag_trash')]);
    const [artifactIds = [], tagIds = []] = results.map((each) =>
      (each.results as { id: number }[]).map(({ id }) => id),
    );
    return { artifactIds, tagIds };
  }

  forgetTrash({ artifactIds, tagIds }: OldTrash, cutoffMs: number, progress: Progress): Promise<Outcome> {
    const forget = (table: string, ids: readonly number[]) => [
      guard(this.#db, 'GARBAGE_CHANGED', `${OLD(table)} = ?3`, JSON.stringify(ids), cutoffMs, ids.length),
      this.#db.prepare(`delete from ${table} where id in (select value from json_each(?1))`).bind(JSON.stringify(ids)),
    ];
    return this.#take([...forget('artifact_trash', artifactIds), ...forget('tag_trash', tagIds)], progress);
  }

  async findLinks(after: Link | undefined, cutoffMs: number, limit: number): Promise<Sifted<Link, Link>> {
    const query = this.#db.prepare(LINKS).bind(after?.blobId ?? 0, after?.repositoryId ?? 0, cutoffMs, limit);
    const { results } = await withRetries(() => query.all<CandidateLinkRow>());
    const toLink = (row: CandidateLinkRow): Link => ({ blobId: row.blob_id, repositoryId: row.repository_id });
    const last = results.length === limit ? results.at(-1) : undefined;
    const items = results.filter((row) => row.is_stale).map(toLink);
    return { items, left: results.length - items.length, next: last && toLink(last) };
  }

  unlink(links: readonly Link[], cutoffMs: number, progress: Progress): Promise<Outcome> {
    const json = JSON.stringify(links);
    return this.#take(
      [
        guard(this.#db, 'GARBAGE_CHANGED', `${STALE_LINKS} = ?3`, json, cutoffMs, links.length),
        this.#db.prepare(UNLINK).bind(json),
      ],
      progress,
    );
  }

  async findBlobs(after: number, cutoffMs: number, limit: number): Promise<Sifted<UnneededBlob, number>> {
    const query = this.#db.prepare(BLOBS).bind(after, cutoffMs, limit);
    const { results } = await withRetries(() => query.all<CandidateBlobRow>());
    return toFoundBlobs(results, limit);
  }

  doom(blobs: readonly UnneededBlob[], cutoffMs: number, progress: Progress): Promise<Outcome> {
    const keys = JSON.stringify(blobs.map(({ objectKey }) => objectKey));
    return this.#take(
      [
        guard(this.#db, 'GARBAGE_CHANGED', `${UNNEEDED_BLOBS} = ?3`, keys, cutoffMs, blobs.length),
        this.#db
          .prepare('insert into doomed_objects (object_key, doomed_at_ms) select value, ?2 from json_each(?1)')
          .bind(keys, progress.nowMs),
        this.#db.prepare('delete from blobs where object_key in (select value from json_each(?1))').bind(keys),
      ],
      progress,
    );
  }

  async #take(statements: D1PreparedStatement[], progress: Progress): Promise<Outcome> {
    try {
      await runBatch(this.#db, [...progressStatements(this.#db, progress), ...statements]);
      return 'done';
    } catch (error) {
      if (error instanceof GuardFailed && error.code === 'GARBAGE_CHANGED') return 'changed';
      throw error;
    }
  }
}

/** A page of `limit` candidates; a shorter one is the last. */
export function toFoundBlobs(rows: readonly CandidateBlobRow[], limit: number): Sifted<UnneededBlob, number> {
  const items = rows
    .filter((row) => row.is_garbage)
    .map((row) => ({
      digest: row.digest,
      objectKey: row.object_key,
      sizeBytes: row.size_bytes,
      isManifest: row.is_manifest === 1,
    }));
  return { items, left: rows.length - items.length, next: rows.length === limit ? rows.at(-1)?.id : undefined };
}
