import type { NameRange } from '#core/name-range';
import type { OffsetPage } from '#core/pagination';
import type { RepositoryName } from '#core/reference';
import type { Mutation } from '#domain/events/mutation';
import type { Repository } from '#domain/repositories/repository';

/** Which repositories of a project a listing is about; names are full, `<project>/<repository>`, as in Harbor. */
export interface RepositoryFilter {
  /** Exact name. */
  readonly name?: string | undefined;
  /** Part of the name. */
  readonly nameContains?: string | undefined;
  /** Within the project, in order and sharing no name; at least one. */
  readonly ranges?: readonly NameRange[] | undefined;
}

export const REPOSITORY_ORDERS = ['name', 'creation_time', 'update_time'] as const;

export interface RepositoryPage extends OffsetPage {
  readonly orderBy: (typeof REPOSITORY_ORDERS)[number];
  readonly isDescending: boolean;
}

/** Rows of repositories. */
export interface RepositoryStore {
  find(name: RepositoryName): Promise<Repository | undefined>;

  /** As {@link find}, for a published repository alone, with what a listing shows. */
  findSummary(name: RepositoryName): Promise<RepositorySummary | undefined>;

  /** The repository's row, made when it is missing; not listed until a manifest arrives. NAME_UNKNOWN without a project. */
  ensure(projectId: number, name: RepositoryName, nowMs: number): Promise<Repository>;

  /** Published repositories of a project, and how many there are. */
  listInProject(
    projectId: number,
    filter: RepositoryFilter,
    page: RepositoryPage,
  ): Promise<{ readonly items: readonly RepositorySummary[]; readonly total: number }>;

  /** Full names of repositories that hold an artifact, in ASCII order, after `last`. */
  listNames(limit: number, last: string | undefined): Promise<readonly string[]>;

  /** Deletes the repository, its artifacts, tags and links of blobs. SERVICE_UNAVAILABLE when the lock was lost. */
  delete(deletion: {
    readonly repositoryId: number;
    readonly lockToken: number;
    readonly mutation: Mutation;
  }): Promise<void>;
}

export interface RepositorySummary extends Repository {
  readonly artifactCount: number;
}
