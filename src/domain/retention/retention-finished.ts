import { newId } from '#core/ids';
import type { RecordedEvent } from '#domain/events/event';
import { nameOf, type RepositoryWork } from '#domain/retention/repository-work';
import type { RunState } from '#domain/retention/retention-run';

/** What is told of a repository's end of a run that has deleted something, as in Harbor. */
export function finishedEvent(work: RepositoryWork, state: RunState, nowMs: number): RecordedEvent {
  const { task, run, slice } = work;
  const { counts, deleted } = state;
  return {
    kind: 'retention-finished',
    id: newId(),
    atMs: nowMs,
    actor: run.operator,
    projectId: task.projectId,
    repository: nameOf(work),
    repositoryId: task.repositoryId,
    policyId: run.policyId,
    executionId: slice.task.executionId,
    taskId: slice.task.id,
    total: counts.total,
    retained: Math.max(counts.total - counts.deleted, 0),
    deletedCount: counts.deleted,
    deleted: [...deleted],
  };
}
