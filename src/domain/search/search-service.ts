import { parseNamePart } from '#core/name-part';
import type { ProjectSummary } from '#domain/projects/project-listing';
import type { ProjectService } from '#domain/projects/project-service';
import type { ProjectVisibility } from '#domain/projects/project-visibility';
import type { FoundRepository } from '#domain/repositories/repository-listing';
import type { RepositoryService } from '#domain/repositories/repository-service';
import type { RepositoryVisibility } from '#domain/repositories/repository-visibility';

/** A search tells the first projects and the first repositories it finds, so many of each. Harbor tells all. */
export const MAX_FOUND = 500;

export interface SearchServiceDeps {
  readonly projects: Pick<ProjectService, 'list'>;
  readonly repositories: Pick<RepositoryService, 'search'>;
}

export interface SearchResult {
  readonly projects: readonly ProjectSummary[];
  readonly repositories: readonly FoundRepository[];
}

/** What somebody may look for. */
export interface Searcher {
  readonly projects: ProjectVisibility;
  readonly repositories: RepositoryVisibility;
}

/** Finds projects and repositories by parts of their names. */
export class SearchService {
  readonly #deps: SearchServiceDeps;

  constructor(deps: SearchServiceDeps) {
    this.#deps = deps;
  }

  /** Projects with the text in their names, and repositories with it in their full ones, each in the order of these. */
  async search(text: string, searcher: Searcher): Promise<SearchResult> {
    const part = parseNamePart(text);
    if (part === undefined) return { projects: [], repositories: [] };
    const page = { limit: MAX_FOUND, offset: 0, orderBy: 'name', isDescending: false, isDetailed: true } as const;
    const [projects, repositories] = await Promise.all([
      this.#deps.projects.list({ ...searcher.projects, nameContains: part }, page),
      this.#deps.repositories.search(part, searcher.repositories, MAX_FOUND),
    ]);
    return { projects: projects.items, repositories };
  }
}
