import { runBatch, withRetries } from '#adapters/d1/batch';
import type { AliasTarget } from '#domain/aliases/alias';
import type { AliasStore } from '#domain/aliases/alias-store';

const FIND_REPOSITORY = `select r.project_id projectId, p.name project, r.name
  from repository_aliases a join repositories r on r.id = a.repository_id join projects p on p.id = r.project_id
  where a.project_id = ?1 and a.name = ?2 and a.expires_at_ms > ?3`;

const SWEEPS = [
  `delete from project_aliases where name in (select name from project_aliases
     where expires_at_ms <= ?1 order by expires_at_ms limit ?2)`,
  `delete from repository_aliases where (project_id, name) in (select project_id, name from repository_aliases
     where expires_at_ms <= ?1 order by expires_at_ms limit ?2)`,
];

export class D1AliasStore implements AliasStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findRepository(projectId: number, name: string, nowMs: number): Promise<AliasTarget | undefined> {
    const query = this.#db.prepare(FIND_REPOSITORY).bind(projectId, name, nowMs);
    return (await withRetries(() => query.first<AliasTarget>())) ?? undefined;
  }

  async sweep(nowMs: number, limit: number): Promise<void> {
    await runBatch(
      this.#db,
      SWEEPS.map((sql) => this.#db.prepare(sql).bind(nowMs, limit)),
    );
  }
}
