import { findDeleted, leavingStatements } from '#adapters/d1/artifact-deletion';
import { runBatch } from '#adapters/d1/batch';
import { NEWEST_PULL, NEWEST_PUSH } from '#adapters/d1/candidate-store';
import { GuardFailed, guard, guardRepository } from '#adapters/d1/guards';
import { guardJudgement } from '#adapters/d1/immutability-guard';
import { manyMutationStatements, outboxStatement } from '#adapters/d1/mutation';
import { underLease } from '#adapters/d1/repository-lease';
import { progressStatements } from '#adapters/d1/task-progress';
import type { RecordedEvent } from '#domain/events/event';
import { RulesChanged } from '#domain/immutability/judgement';
import type { Progress } from '#domain/jobs/progress';
import type { RetentionDeletion, RetentionDeletionStore } from '#domain/retention/retention-deletion';

/** Artifacts of the JSON list `?1` that are not in the repository `?2` as they were; a pull counts where `?3` says so. */
const CHANGED = `
  select 1 from json_each(?1) d left join artifacts a on a.id = d.value ->> '$.id' and a.repository_id = ?2
  where a.id is null or a.tag_count <> d.value ->> '$.tagCount' or a.parent_count > 0
    or ${NEWEST_PUSH} <> d.value ->> '$.pushedAtMs' or (?3 and ${NEWEST_PULL} <> d.value ->> '$.pulledAtMs')`;

export class D1RetentionDeletionStore implements RetentionDeletionStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async delete(deletion: RetentionDeletion) {
    const { repositoryId, artifacts } = deletion;
    const digests = artifacts.map(({ candidate }) => candidate.digest);
    const leaving = await findDeleted(this.#db, repositoryId, digests);
    try {
      await runBatch(this.#db, deletionStatements(this.#db, deletion, leaving));
    } catch (error) {
      const isChanged = error instanceof GuardFailed && error.code === 'CANDIDATE_CHANGED';
      if (isChanged || error instanceof RulesChanged) return 'changed';
      throw error;
    }
    return leaving.map(({ digest }) => digest);
  }

  async advance(progress: Progress, finished: readonly RecordedEvent[]): Promise<void> {
    await runBatch(this.#db, [
      ...progressStatements(this.#db, progress),
      ...finished.map((event) => outboxStatement(this.#db, progress.nowMs, event)),
    ]);
  }
}

/** The audit rows first: a repetition of the batch is known by them. */
function deletionStatements(
  db: D1Database,
  deletion: RetentionDeletion,
  leaving: Awaited<ReturnType<typeof findDeleted>>,
): D1PreparedStatement[] {
  const {
    repositoryId,
    projectId,
    repository,
    lockToken,
    artifacts,
    dependsOnPulls,
    username,
    progress,
    finished,
    judgement,
  } = deletion;
  const { nowMs } = progress;
  const facts = artifacts.map(({ candidate: { id, tagCount, pushedAtMs, pulledAtMs = -1 } }) => ({
    id,
    tagCount,
    pushedAtMs,
    pulledAtMs,
  }));
  return [
    ...manyMutationStatements(
      db,
      artifacts.map(({ mutation }) => mutation),
    ),
    ...finished.map((event) => outboxStatement(db, nowMs, event)),
    ...progressStatements(db, progress),
    guardRepository(db, repositoryId, projectId),
    ...underLease(db, { repositoryId, lockToken, nowMs }),
    guard(
      db,
      'CANDIDATE_CHANGED',
      'exists (select 1 from repositories where id = ? and name = ?)',
      repositoryId,
      repository,
    ),
    guard(
      db,
      'CANDIDATE_CHANGED',
      `not exists (${CHANGED})`,
      JSON.stringify(facts),
      repositoryId,
      dependsOnPulls ? 1 : 0,
    ),
    ...guardJudgement(db, repositoryId, judgement),
    ...leavingStatements(db, repositoryId, leaving, { username, nowMs }),
  ];
}
