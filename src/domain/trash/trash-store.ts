import type { Digest } from '#core/digest';
import type { OffsetPage } from '#core/pagination';
import type { TagName } from '#core/reference';
import type { Mutation } from '#domain/events/mutation';
import type { Judgement } from '#domain/immutability/judgement';
import type { DeletedTag, RestorableArtifact, TrashItem } from '#domain/trash/trash';

export interface ArtifactRestore {
  readonly repositoryId: number;
  readonly lockToken: number;
  readonly digest: Digest;
  readonly trashIds: readonly number[];
  readonly mutation: Mutation;
}

export interface TagRestore {
  readonly repositoryId: number;
  readonly lockToken: number;
  readonly tag: DeletedTag;
  /** Whether the tag is taken from the artifact it names now. */
  readonly isOverwriting: boolean;
  readonly judgement: Judgement | undefined;
  readonly mutation: Mutation;
}

/** What was deleted from repositories. It gets there by the deletions themselves. Writes are one batch each. */
export interface TrashStore {
  /** What can be restored, the newest deletion first, and how much there is. */
  list(
    repositoryId: number,
    page: OffsetPage,
  ): Promise<{ readonly items: readonly TrashItem[]; readonly total: number }>;

  /** What would come back with the artifact. To be asked under the lease. */
  findArtifact(repositoryId: number, digest: Digest): Promise<RestorableArtifact | undefined>;
  findTag(repositoryId: number, name: TagName): Promise<DeletedTag | undefined>;

  /**
   * Brings artifacts back with their links, labels, and the tags whose names are free. NOT_FOUND when one is gone, DENIED when the project's quota is too small, SERVICE_UNAVAILABLE when the lock was lost.
   */
  restoreArtifact(restore: ArtifactRestore): Promise<void>;

  /**
   * NOT_FOUND when the tag or its artifact is gone, CONFLICT when it names another artifact and shall not be overwritten,
   * SERVICE_UNAVAILABLE when the lock was lost, `RulesChanged` when the immutable tag rules are not those it was judged by.
   */
  restoreTag(restore: TagRestore): Promise<void>;
}
