import { D1RepositoryListingStore } from '#adapters/d1/repository-listing-store';
import { D1StatisticsStore } from '#adapters/d1/statistics-store';
import type { ProjectService } from '#domain/projects/project-service';
import { SearchService } from '#domain/search/search-service';
import { StatisticsService } from '#domain/statistics/statistics-service';
import type { Env } from '#src/env';

/** What looks at everything at once: the search, and the registry in numbers. */
export function createSearch({ DB: db }: Env, projects: ProjectService) {
  return {
    search: new SearchService({ projects, repositories: new D1RepositoryListingStore({ db }) }),
    statistics: new StatisticsService({ store: new D1StatisticsStore({ db }) }),
  };
}
