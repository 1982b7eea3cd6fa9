import type { ListingFilter, ListingKeys } from '#core/listing-filter';
import type { NameRange } from '#core/name-range';
import type { OffsetPage } from '#core/pagination';
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
