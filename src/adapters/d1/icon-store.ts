import { withRetries } from '#adapters/d1/batch';
import type { Digest } from '#core/digest';
import { type RepositoryName, repositoryName } from '#core/reference';
import type { IconStore } from '#domain/icons/icon-store';

const WITH_ICON = `
  select p.name as project, r.name from artifacts a
  join repositories r on r.id = a.repository_id join projects p on p.id = r.project_id
  where a.icon_digest = ? limit 1`;

export class D1IconStore implements IconStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findRepositoryWith(digest: Digest): Promise<RepositoryName | undefined> {
    const query = this.#db.prepare(WITH_ICON).bind(digest);
    const row = await withRetries(() => query.first<{ project: string; name: string }>());
    return row ? repositoryName(row.project, row.name) : undefined;
  }
}
