import type { ListingFilter, ListingKeys } from '#core/listing-filter';
import type { NamePart } from '#core/name-part';
import type { NameRange } from '#core/name-range';
import type { OffsetPage } from '#core/pagination';
import type { Project } from '#domain/projects/project';
import type { RepositorySummary } from '#domain/repositories/repository-store';
import type { RepositoryVisibility } from '#domain/repositories/repository-visibility';

const NAME_KEY = { of: 'text', by: ['exact', 'fuzzy', 'any-of'] } as const;

/** What a listing of a project's repositories filters by; names are full, `<project>/<repository>`, as in Harbor. */
export const PROJECT_REPOSITORY_KEYS = {
  name: NAME_KEY,
  creation_time: { of: 'time', by: ['range'] },
  update_time: { of: 'time', by: ['range'] },
  pull_count: { of: 'integer', by: ['exact', 'range'] },
} as const satisfies ListingKeys;

/** The same of a listing over all projects. */
export const REPOSITORY_KEYS = { name: NAME_KEY } as const satisfies ListingKeys;

export const PROJECT_REPOSITORY_ORDERS = ['name', 'creation_time', 'update_time', 'pull_count'] as const;

export const REPOSITORY_ORDERS = ['name', 'creation_time'] as const;

export interface ProjectRepositoryFilter {
  readonly query: ListingFilter<typeof PROJECT_REPOSITORY_KEYS>;
  /** Within the project, in order and sharing no name; at least one. Undefined for all. */
  readonly ranges?: readonly NameRange[] | undefined;
}

export interface RepositoryFilter {
  readonly query: ListingFilter<typeof REPOSITORY_KEYS>;
  readonly visibility: RepositoryVisibility;
}

export interface RepositoryPage<K extends string> extends OffsetPage {
  readonly orderBy: K;
  readonly isDescending: boolean;
}

export interface RepositoryList {
  readonly items: readonly RepositorySummary[];
  readonly total: number;
}

/** A repository that a search has found. */
export interface FoundRepository extends RepositorySummary {
  readonly isPublic: boolean;
}

/**
 * Reads published repositories in numbers. Where a filter leaves more than 10,000, it is about that many of them: no
 * listing reads more to sort or to count them.
 */
export interface RepositoryListingStore {
  /** Repositories of a project, and how many there are. */
  listInProject(
    project: Project,
    filter: ProjectRepositoryFilter,
    page: RepositoryPage<(typeof PROJECT_REPOSITORY_ORDERS)[number]>,
  ): Promise<RepositoryList>;

  /** Repositories of every project, as far as they are visible. */
  list(filter: RepositoryFilter, page: RepositoryPage<(typeof REPOSITORY_ORDERS)[number]>): Promise<RepositoryList>;

  /**
   * Visible repositories with the part in their full names, in the order of these; of parts of less than three characters
   * those whose project or name begins with it.
   */
  search(part: NamePart, visibility: RepositoryVisibility, limit: number): Promise<readonly FoundRepository[]>;

  /** Full names of repositories that hold an artifact, in ASCII order, after `last`. */
  listNames(limit: number, last: string | undefined): Promise<readonly string[]>;
}
