import type { NamePart } from '#core/name-part';
import type { Project } from '#domain/projects/project';
import type {
  FoundRepository,
  PROJECT_REPOSITORY_ORDERS,
  ProjectRepositoryFilter,
  REPOSITORY_ORDERS,
  RepositoryFilter,
  RepositoryList,
  RepositoryPage,
} from '#domain/repositories/repository-listing';
import type { RepositoryVisibility } from '#domain/repositories/repository-visibility';

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
