import type { Digest } from '#core/digest';
import type { TagName } from '#core/reference';
import type { CopiedArtifact } from '#domain/artifacts/copy-plan';
import type { Mutation } from '#domain/events/mutation';
import type { Judgement } from '#domain/immutability/judgement';

/** What a copy of an artifact takes along. */
export interface CopySource {
  /** Whether the artifact is itself an accessory of another. */
  readonly isAccessory: boolean;
  /** Its tags in ASCII order, up to the limit that was asked for. */
  readonly tags: readonly TagName[];
  /** The artifact, its children and accessories, and theirs; children the repository does not hold are left out. */
  readonly artifacts: readonly CopiedArtifact[];
}

/** Artifacts of one repository that are to be in another. */
export interface CopyPart {
  readonly sourceRepositoryId: number;
  /** Where they go. */
  readonly projectId: number;
  readonly repositoryId: number;
  readonly lockToken: number;
  readonly digests: readonly Digest[];
  readonly nowMs: number;
}

export interface CopyCompletion extends CopyPart {
  readonly root: Digest;
  /** The tag by which the root was asked for, which it must have still. */
  readonly tag: TagName | undefined;
  /** Artifacts that were copied before, and must be there still. */
  readonly parts: readonly Digest[];
  readonly judgement: Judgement | undefined;
  readonly mutation: Mutation;
}

/**
 * Rows of artifacts, from one repository to another. Each write is one batch and may be repeated. Writes answer `changed`
 * when what the copy was planned by is not so any more; and reject with NOT_FOUND when the project or some content is
 * gone, DENIED when the project's quota does not suffice, SERVICE_UNAVAILABLE when the lock was lost.
 */
export interface ArtifactCopyStore {
  /** Up to `limits.artifacts` artifacts and `limits.tags` tags. */
  findSource(
    repositoryId: number,
    root: Digest,
    limits: { readonly artifacts: number; readonly tags: number },
  ): Promise<CopySource>;

  /** Copies artifacts without their tags. */
  copyPart(part: CopyPart): Promise<'copied' | 'changed'>;

  /**
   * Copies the last artifacts, and the tags of all. A tag that names another artifact moves. `RulesChanged` when the immutable tag
   * rules are not those it was judged by.
   */
  complete(completion: CopyCompletion): Promise<'copied' | 'changed'>;
}
