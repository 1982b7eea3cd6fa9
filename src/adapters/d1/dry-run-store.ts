import { findDeletedAfter } from '#adapters/d1/artifact-deletion';
import { runBatch, withRetries } from '#adapters/d1/batch';
import { type CandidateBlobRow, candidateBlobs, wouldBeUnneeded } from '#adapters/d1/garbage-statements';
import { toFoundBlobs } from '#adapters/d1/garbage-store';
import { progressStatements } from '#adapters/d1/task-progress';
import type { Digest } from '#core/digest';
import type { DryRunStore, Sifted, UnneededBlob } from '#domain/gc/garbage-store';
import type { Progress } from '#domain/jobs/progress';

const idsAfter = (column: string, table: string, where = '') =>
  `select * from (select distinct ${column} as id from ${table} where ${column} > ?1${where} order by ${column} limit ?3)`;

/** What a run would come to look at: candidates, what they would become, and what the trash and artifacts to go need. */
const BLOBS = candidateBlobs(
  `select id from (${[
    idsAfter('blob_id', 'garbage_candidates'),
    idsAfter('blob_id', 'artifact_trash_blobs'),
    idsAfter('manifest_blob_id', 'artifact_trash'),
    idsAfter('id', 'dry_run_deletions', ` and kind = 'blob'`),
  ].join(' union ')}) order by id limit ?3`,
  wouldBeUnneeded('?2'),
);

/** Of a digest the repository's trash has but the newest deletion. */
const TRASH = `
  select (select count(*) from dry_run_deletions where kind = 'artifact') + (
      select count(*) from artifact_trash t where t.deleted_at_ms <= ?1 and not exists (
        select 1 from artifacts a join dry_run_deletions d on d.id = a.id and d.kind in ('artifact', 'trashed')
        where a.repository_id = t.repository_id and a.digest = t.digest)) as artifacts,
    (select count(*) from tag_trash where deleted_at_ms <= ?1) as tags`;

export class D1DryRunStore implements DryRunStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async begin(progress: Progress): Promise<void> {
    const forget = this.#db.prepare('delete from dry_run_deletions');
    await runBatch(this.#db, [...progressStatements(this.#db, progress), forget]);
  }

  async deleteUntagged(
    artifact: { readonly repositoryId: number; readonly digest: Digest },
    isFreed: boolean,
    progress: Progress,
  ): Promise<void> {
    const ids = JSON.stringify(
      (await findDeletedAfter(this.#db, artifact.repositoryId, [artifact.digest])).map(({ id }) => id),
    );
    const remember = (kind: string, select: string) =>
      this.#db
        .prepare(
          `insert into dry_run_deletions (kind, id) select ?2, id from (${select}) where true on conflict do nothing`,
        )
        .bind(ids, kind);
    const going = '(select value from json_each(?1))';
    const blobs = `select manifest_blob_id as id from artifacts where id in ${going}
      union select blob_id from artifact_blobs where artifact_id in ${going}`;
    await runBatch(this.#db, [
      ...progressStatements(this.#db, progress),
      remember(isFreed ? 'artifact' : 'trashed', 'select value as id from json_each(?1)'),
      ...(isFreed ? [remember('blob', blobs)] : []),
    ]);
  }

  async countTrash(cutoffMs: number) {
    const counted = await withRetries(() =>
      this.#db.prepare(TRASH).bind(cutoffMs).first<{ artifacts: number; tags: number }>(),
    );
    return counted ?? { artifacts: 0, tags: 0 };
  }

  async findBlobs(after: number, cutoffMs: number, limit: number): Promise<Sifted<UnneededBlob, number>> {
    const query = this.#db.prepare(BLOBS).bind(after, cutoffMs, limit);
    const { results } = await withRetries(() => query.all<CandidateBlobRow>());
    return toFoundBlobs(results, limit);
  }
}
