import { withRetries } from '#adapters/d1/batch';
import type { Counts, RegistryStatistics, StatisticsStore } from '#domain/statistics/statistics-store';

const REGISTRY = `select private_projects privateProjects, public_projects publicProjects,
  private_repositories privateRepositories, public_repositories publicRepositories, storage_bytes storageBytes
  from statistics`;

const MEMBER = `select s.public_projects publicProjects, s.public_repositories publicRepositories,
  own.projects privateProjects, own.repositories privateRepositories
  from statistics s, (
    select count(*) projects, coalesce(sum(repository_count), 0) repositories from projects
      where is_public = 0 and deleted_at_ms is null and id in (
        select project_id from project_members where user_id = ?1
        union select m.project_id from user_group_members g join project_members m on m.group_id = g.group_id
          where g.user_id = ?1)
  ) own`;

export class D1StatisticsStore implements StatisticsStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async ofRegistry(): Promise<RegistryStatistics> {
    return one(await withRetries(() => this.#db.prepare(REGISTRY).first<RegistryStatistics>()));
  }

  async ofMember(userId: number): Promise<Counts> {
    return one(await withRetries(() => this.#db.prepare(MEMBER).bind(userId).first<Counts>()));
  }
}

/** The row that the migrations put there. */
function one<T>(row: T | null): T {
  if (!row) throw new Error('the table of statistics has no row');
  return row;
}
