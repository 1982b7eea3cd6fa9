import type { Digest } from '#core/digest';
import type { RepositoryName } from '#core/reference';
import type { Mutation } from '#domain/events/mutation';
import type { Found, Outcome } from '#domain/gc/garbage-store';
import type { Judgement } from '#domain/immutability/judgement';
import type { Progress } from '#domain/jobs/progress';

/** Where an artifact stands among those without a tag. */
export interface UntaggedPosition {
  readonly repositoryId: number;
  readonly pushedAtMs: number;
  readonly id: number;
}

/** An artifact that no tag names and no index points at, and that is no accessory. */
export interface UntaggedArtifact extends UntaggedPosition {
  readonly projectId: number;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly pulledAtMs: number | undefined;
  /** When it was pushed, asked for by somebody who may push, or lost a tag; the latest of these. */
  readonly touchedAtMs: number;
}

/** Of an artifact and what would go with it. */
export interface GoingAlong {
  /** Only accessories can have any. */
  readonly tags: readonly string[];
  /** When any of it was touched last. */
  readonly touchedAtMs: number;
}

export interface UntaggedDeletion {
  readonly artifact: UntaggedArtifact;
  readonly lockToken: number;
  readonly cutoffMs: number;
  /** What allowed it. */
  readonly judgement: Judgement;
  readonly mutation: Mutation;
  readonly progress: Progress;
}

/** Artifacts that nothing names, in the order of repository and time. */
export interface UntaggedStore {
  find(after: UntaggedPosition | undefined, limit: number): Promise<Found<UntaggedArtifact, UntaggedPosition>>;
  /** What would go with the artifact, itself included; in a dry run given what that remembers. */
  goingAlong(artifact: UntaggedArtifact, isDryRun: boolean): Promise<GoingAlong>;
  /**
   * Moves it to the trash with what goes with it; `changed` when it has a tag or a parent now, when it
   * or something of that was touched, when it is gone, or when it was judged by other rules
   * than those of now.
   */
  delete(deletion: UntaggedDeletion): Promise<Outcome>;
}
