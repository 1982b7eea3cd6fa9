import type { RepositoryName } from '#core/reference';
import type { Mutation } from '#domain/events/mutation';
import type { Repository } from '#domain/repositories/repository';

/** Rows of repositories. */
export interface RepositoryStore {
  find(name: RepositoryName): Promise<Repository | undefined>;

  /** As {@link find}, for a published repository alone, with what a listing shows. */
  findSummary(name: RepositoryName): Promise<RepositorySummary | undefined>;

  /** The repository's row, made when it is missing; not listed until a manifest arrives. NAME_UNKNOWN without a project. */
  ensure(projectId: number, name: RepositoryName, nowMs: number): Promise<Repository>;

  /** Changes what people read about a published repository; NOT_FOUND when it is gone. */
  describe(repositoryId: number, description: string, mutation: Mutation): Promise<void>;

  /**
   * Deletes the repository, its artifacts, tags and links of blobs; of a large one what it held stays for
   * {@link removeDetached}, out of sight. SERVICE_UNAVAILABLE when the lock was lost.
   */
  delete(deletion: {
    readonly repositoryId: number;
    readonly lockToken: number;
    readonly mutation: Mutation;
  }): Promise<void>;

  /** Removes a slice of what deleted repositories held; false when there was nothing. */
  removeDetached(): Promise<boolean>;
}

export interface RepositorySummary extends Repository {
  /** Artifacts that a listing of the repository shows by themselves. */
  readonly artifactCount: number;
}
