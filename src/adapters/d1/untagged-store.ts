import { deleteStatements, findDeleted, findDeletedAfter } from '#adapters/d1/artifact-deletion';
import { runBatch, withRetries } from '#adapters/d1/batch';
import { type GuardCode, GuardFailed, guard } from '#adapters/d1/guards';
import { progressStatements } from '#adapters/d1/task-progress';
import type { Digest } from '#core/digest';
import type { RepositoryName } from '#core/reference';
import type { Found, Outcome } from '#domain/gc/garbage-store';
import type {
  GoingAlong,
  UntaggedArtifact,
  UntaggedDeletion,
  UntaggedPosition,
  UntaggedStore,
} from '#domain/gc/untagged-store';
import { RulesChanged } from '#domain/immutability/judgement';

interface UntaggedRow {
  readonly repository_id: number;
  readonly pushed_at_ms: number;
  readonly id: number;
  readonly project_id: number;
  /** Null of a repository that is being removed. */
  readonly repository: RepositoryName | null;
  readonly digest: Digest;
  readonly pulled_at_ms: number | null;
  readonly touched_at_ms: number;
}

const UNTAGGED = `
  select a.repository_id, a.pushed_at_ms, a.id, r.project_id, p.name || '/' || r.name as repository, x.digest, x.pulled_at_ms,
    max(a.pushed_at_ms, b.touched_at_ms) as touched_at_ms
  from (select repository_id, pushed_at_ms, id from artifacts indexed by artifacts_untagged
    where accessory_type is null and tag_count = 0 and parent_count = 0
      and (repository_id, pushed_at_ms, id) > (?1, ?2, ?3) order by repository_id, pushed_at_ms, id limit ?4) a
  cross join artifacts x on x.id = a.id
  join blobs b on b.id = x.manifest_blob_id
  left join repositories r on r.id = a.repository_id and instr(r.name, '#') = 0
  left join projects p on p.id = r.project_id
  order by a.repository_id, a.pushed_at_ms, a.id`;

/** The artifacts of the list of ids `?1`, with the blobs of their manifests. */
const GOING = 'from json_each(?1) g cross join artifacts a on a.id = g.value join blobs b on b.id = a.manifest_blob_id';

const IS_UNWANTED = `exists (
    select 1 from artifacts a where a.repository_id = ?3 and a.digest = ?4 and a.tag_count = 0 and a.parent_count = 0)
  and not exists (select 1 ${GOING} where max(a.pushed_at_ms, b.touched_at_ms) > ?2)`;

/** Policies and rules go by where it was found. */
const IS_IN_ITS_PLACE = `exists (select 1 from repositories r join projects p on p.id = r.project_id
  where r.id = ?1 and p.id = ?2 and p.name || '/' || r.name = ?3)`;

/** It is somebody's again, or nobody's any more. */
const NOT_TO_BE_DELETED: readonly GuardCode[] = ['ARTIFACT_WANTED', 'ARTIFACT_GONE', 'ARTIFACT_REFERENCED'];

export class D1UntaggedStore implements UntaggedStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async find(
    after: UntaggedPosition = { repositoryId: 0, pushedAtMs: 0, id: 0 },
    limit: number,
  ): Promise<Found<UntaggedArtifact, UntaggedPosition>> {
    const query = this.#db.prepare(UNTAGGED).bind(after.repositoryId, after.pushedAtMs, after.id, limit);
    const { results } = await withRetries(() => query.all<UntaggedRow>());
    const last = results.length === limit ? results.at(-1) : undefined;
    const next = last && { repositoryId: last.repository_id, pushedAtMs: last.pushed_at_ms, id: last.id };
    return { items: results.flatMap(toUntagged), next };
  }

  async goingAlong({ repositoryId, digest }: UntaggedArtifact, isDryRun: boolean): Promise<GoingAlong> {
    const going = await (isDryRun ? findDeletedAfter : findDeleted)(this.#db, repositoryId, [digest]);
    const ids = JSON.stringify(going.map(({ id }) => id));
    const [touched, tags] = await runBatch(this.#db, [
      this.#db.prepare(`select max(max(a.pushed_at_ms, b.touched_at_ms)) as at_ms ${GOING}`).bind(ids),
      this.#db.prepare('select name from tags where artifact_id in (select value from json_each(?1))').bind(ids),
    ]);
    const [{ at_ms: touchedAtMs } = { at_ms: null }] = (touched?.results ?? []) as { at_ms: number | null }[];
    return {
      tags: ((tags?.results ?? []) as { name: string }[]).map(({ name }) => name),
      touchedAtMs: touchedAtMs ?? 0,
    };
  }

  async delete({ artifact, lockToken, cutoffMs, judgement, mutation, progress }: UntaggedDeletion): Promise<Outcome> {
    const { repositoryId, projectId, repository, digest } = artifact;
    const deletion = { repositoryId, lockToken, digest, mayBeChild: false, judgement, mutation };
    const going = await findDeleted(this.#db, repositoryId, [digest]);
    const ids = JSON.stringify(going.map(({ id }) => id));
    const [audit, ...deleting] = deleteStatements(this.#db, deletion, going);
    try {
      await runBatch(this.#db, [
        ...(audit ? [audit] : []),
        guard(this.#db, 'ARTIFACT_WANTED', IS_UNWANTED, ids, cutoffMs, repositoryId, digest),
        guard(this.#db, 'ARTIFACT_WANTED', IS_IN_ITS_PLACE, repositoryId, projectId, repository),
        ...progressStatements(this.#db, progress),
        ...deleting,
      ]);
      return 'done';
    } catch (error) {
      if (error instanceof RulesChanged) return 'changed';
      if (error instanceof GuardFailed && NOT_TO_BE_DELETED.includes(error.code)) return 'changed';
      throw error;
    }
  }
}

/** What a repository holds that is being removed goes anyway. */
function toUntagged(row: UntaggedRow): UntaggedArtifact[] {
  const { repository } = row;
  if (repository === null) return [];
  return [
    {
      repositoryId: row.repository_id,
      pushedAtMs: row.pushed_at_ms,
      id: row.id,
      projectId: row.project_id,
      repository,
      digest: row.digest,
      pulledAtMs: row.pulled_at_ms ?? undefined,
      touchedAtMs: row.touched_at_ms,
    },
  ];
}
