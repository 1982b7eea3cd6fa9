import { runBatch, withRetries } from '#adapters/d1/batch';
import { SELECT_WEBHOOK_POLICY, toWebhookPolicy, type WebhookPolicyRow } from '#adapters/d1/webhook-policy-rows';
import type { ProjectFacts, WebhookFactStore, WebhookFacts } from '#domain/webhooks/webhook-fact-store';

interface ProjectFactRow {
  readonly id: number;
  readonly is_public: number;
  readonly hard_bytes: number | null;
  readonly used_bytes: number | null;
}

const AMONG = '(select value from json_each(?))';

export class D1WebhookFactStore implements WebhookFactStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async hasPolicies(projectIds: readonly number[]): Promise<boolean> {
    const query = this.#db
      .prepare(`select exists (select 1 from webhook_policies where project_id in ${AMONG}) as found`)
      .bind(JSON.stringify(projectIds));
    return (await withRetries(() => query.first<number>('found'))) === 1;
  }

  async read(projectIds: readonly number[], repositoryIds: readonly number[]): Promise<WebhookFacts> {
    const [inProjects, ofRepositories] = [JSON.stringify(projectIds), JSON.stringify(repositoryIds)];
    const [policies, projects, repositories] = await runBatch(this.#db, [
      this.#db
        .prepare(`${SELECT_WEBHOOK_POLICY} where w.project_id in ${AMONG} and w.is_enabled order by w.id`)
        .bind(inProjects),
      this.#db
        .prepare(
          `select p.id, p.is_public, q.hard_bytes, q.used_bytes
           from projects p left join quotas q on q.project_id = p.id where p.id in ${AMONG}`,
        )
        .bind(inProjects),
      this.#db.prepare(`select id, created_at_ms from repositories where id in ${AMONG}`).bind(ofRepositories),
    ]);
    const created = (repositories?.results ?? []) as { id: number; created_at_ms: number }[];
    return {
      policies: ((policies?.results ?? []) as WebhookPolicyRow[]).map(toWebhookPolicy),
      projects: new Map(((projects?.results ?? []) as ProjectFactRow[]).map((row) => [row.id, toFacts(row)])),
      repositoriesCreatedAtMs: new Map(created.map((row) => [row.id, row.created_at_ms])),
    };
  }
}

function toFacts({ is_public, hard_bytes, used_bytes }: ProjectFactRow): ProjectFacts {
  return {
    isPublic: is_public === 1,
    quota: hard_bytes === null || used_bytes === null ? undefined : { hardBytes: hard_bytes, usedBytes: used_bytes },
  };
}
