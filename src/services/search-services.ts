import { D1StatisticsStore } from '#adapters/d1/statistics-store';
import type { ProjectService } from '#domain/projects/project-service';
import type { RepositoryService } from '#domain/repositories/repository-service';
import { SearchService } from '#domain/search/search-service';
import { StatisticsService } from '#domain/statistics/statistics-service';
import type { Env } from '#src/env';

/** What looks at everything at once: the search, and the registry in numbers. */
export function createSearch(
  { DB: db }: Env,
  { projects, repositories }: { readonly projects: ProjectService; readonly repositories: RepositoryService },
) {
  return {
    search: new SearchService({ projects, repositories }),
    statistics: new StatisticsService({ store: new D1StatisticsStore({ db }) }),
  };
}
