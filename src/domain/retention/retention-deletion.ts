import type { Digest } from '#core/digest';
import type { RecordedEvent } from '#domain/events/event';
import type { Mutation } from '#domain/events/mutation';
import type { Judgement } from '#domain/immutability/judgement';
import type { Progress } from '#domain/jobs/progress';
import type { Candidate } from '#domain/retention/candidate';

/** Artifacts that go in one batch, with the step of the task that has decided so. */
export interface RetentionDeletion {
  readonly repositoryId: number;
  /** Where the repository must still be. */
  readonly projectId: number;
  /** What it must still be called there, as rules go by names. */
  readonly repository: string;
  readonly lockToken: number;
  /** The immutable tag rules it was decided by. */
  readonly judgement: Judgement;
  /** As they were when it was decided; each with the audit row and events of its deletion. */
  readonly artifacts: readonly { readonly candidate: Candidate; readonly mutation: Mutation }[];
  /** Whether a pull since then would have decided otherwise. */
  readonly dependsOnPulls: boolean;
  /** Who deletes, by name. */
  readonly username: string;
  readonly progress: Progress;
  /** What is told when this ends the task. */
  readonly finished: readonly RecordedEvent[];
}

/** Moves artifacts to the trash. */
export interface RetentionDeletionStore {
  /**
   * Deletes the artifacts and what goes with each (`deletedWith`), and moves the task on, in one batch. Answers `changed`,
   * having done nothing, when one of them, or a rule of immutable tags, is not as it was any more, and otherwise the digests that went.
   */
  delete(deletion: RetentionDeletion): Promise<readonly Digest[] | 'changed'>;

  /** Moves the task on where nothing is deleted, with what is told of it. */
  advance(progress: Progress, finished: readonly RecordedEvent[]): Promise<void>;
}
