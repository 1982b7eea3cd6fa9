import type { RepositoryName } from '#core/reference';
import type { Mutation } from '#domain/events/mutation';
import type { Judgement } from '#domain/immutability/judgement';
import type { Repository } from '#domain/repositories/repository';

/** A repository that shall have another name. */
export interface RepositoryMove {
  readonly repository: Pick<Repository, 'id' | 'projectId'> & { readonly nameInProject: string };
  /** The project it shall be in; its own for another name alone. */
  readonly destinationId: number;
  /** Within that project. */
  readonly name: string;
  /** Until when it is found by the name it had. */
  readonly aliasExpiresAtMs: number;
  readonly lockToken: number;
  readonly judgement: Judgement | undefined;
  readonly mutation: Mutation;
}

/** Rows of repositories. */
export interface RepositoryStore {
  find(name: RepositoryName): Promise<Repository | undefined>;

  /** As {@link find}, for a published repository alone, with what a listing shows. */
  findSummary(name: RepositoryName): Promise<RepositorySummary | undefined>;

  /**
   * The repository's row, made when it is missing; not listed until a manifest arrives. NAME_UNKNOWN without a project,
   * CONFLICT for the alias of a repository that was moved.
   */
  ensure(projectId: number, name: RepositoryName, nowMs: number): Promise<Repository>;

  /** Changes what people read about a published repository; NOT_FOUND when it is gone. */
  describe(repositoryId: number, description: string, mutation: Mutation): Promise<void>;

  /**
   * Deletes the repository, its artifacts, tags and links of blobs; of a large one what it held stays for
   * {@link removeDetached}, out of sight. SERVICE_UNAVAILABLE when the lock was lost, `RulesChanged` when the
   * immutable tag rules are not those it was judged by.
   */
  delete(deletion: {
    readonly repositoryId: number;
    readonly lockToken: number;
    readonly judgement: Judgement | undefined;
    readonly mutation: Mutation;
  }): Promise<void>;

  /**
   * Gives the repository another name, and leaves an alias. CONFLICT when the name is another's or still an alias of another,
   * DENIED when the project it comes to has no room, NOT_FOUND when that is gone, SERVICE_UNAVAILABLE when the repository
   * changed meanwhile, `RulesChanged` as {@link delete}.
   */
  move(move: RepositoryMove): Promise<void>;

  /** Removes a slice of what deleted repositories held; false when there was nothing. */
  removeDetached(): Promise<boolean>;
}

export interface RepositorySummary extends Repository {
  /** Artifacts that a listing of the repository shows by themselves. */
  readonly artifactCount: number;
}
