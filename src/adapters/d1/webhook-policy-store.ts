import { withRetries } from '#adapters/d1/batch';
import { conditions } from '#adapters/d1/conditions';
import { rerouteStatements } from '#adapters/d1/delivery-reroute';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardProject } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { listPage } from '#adapters/d1/page';
import { SELECT_WEBHOOK_POLICY, toWebhookPolicy, type WebhookPolicyRow } from '#adapters/d1/webhook-policy-rows';
import { AppError } from '#core/errors';
import type { ListingFilter } from '#core/listing-filter';
import type { Mutation } from '#domain/events/mutation';
import { routingOf } from '#domain/webhooks/delivery-routes';
import type { WebhookEventType } from '#domain/webhooks/webhook-event-type';
import {
  DELIVERY_VENDOR_TYPES,
  MAX_POLICIES_OF_PROJECT,
  type WebhookPolicy,
  type WebhookPolicyDraft,
} from '#domain/webhooks/webhook-policy';
import type {
  LastTrigger,
  WEBHOOK_POLICY_KEYS,
  WebhookPolicyPage,
  WebhookPolicyStore,
} from '#domain/webhooks/webhook-policy-store';

const COLUMN_OF = {
  id: 'w.id',
  name: 'w.name',
  creation_time: 'w.created_at_ms',
  update_time: 'w.updated_at_ms',
} as const;

const VENDORS = JSON.stringify(DELIVERY_VENDOR_TYPES);

/** A project has 50 of them at most, so that a listing may sort and filter by anything. */
export class D1WebhookPolicyStore implements WebhookPolicyStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async find(projectId: number, policyId: number): Promise<WebhookPolicy | undefined> {
    const query = this.#db.prepare(`${SELECT_WEBHOOK_POLICY} where w.id = ? and w.project_id = ?`);
    const row = await withRetries(() => query.bind(policyId, projectId).first<WebhookPolicyRow>());
    return row ? toWebhookPolicy(row) : undefined;
  }

  async list(projectId: number, filter: ListingFilter<typeof WEBHOOK_POLICY_KEYS>, page: WebhookPolicyPage) {
    const where = conditions(['w.project_id = ?1'], [projectId])
      .matching('w.id', filter.id)
      .matching('w.name', filter.name)
      .matching('w.description', filter.description)
      .matching('w.creator', filter.creator)
      .matching('w.is_enabled', filter.enabled)
      .matching('w.created_at_ms', filter.creation_time)
      .matching('w.updated_at_ms', filter.update_time);
    const order = { column: COLUMN_OF[page.orderBy], isDescending: page.isDescending, tieBreaker: 'w.id' };
    const { rows, total } = await listPage<WebhookPolicyRow>(this.#db, {
      select: SELECT_WEBHOOK_POLICY,
      where,
      order,
      page,
    });
    return { items: rows.map(toWebhookPolicy), total };
  }

  async listAll(projectId: number): Promise<readonly WebhookPolicy[]> {
    const query = this.#db.prepare(`${SELECT_WEBHOOK_POLICY} where w.project_id = ? order by w.id`).bind(projectId);
    const { results } = await withRetries(() => query.all<WebhookPolicyRow>());
    return results.map(toWebhookPolicy);
  }

  async lastTriggers(policyIds: readonly number[]): Promise<readonly LastTrigger[]> {
    const query = this.#db
      .prepare(
        `select e.vendor_id, e.parameters ->> '$.event_type' as event_type, max(e.started_at_ms) as at_ms from executions e
         where e.vendor_type in (select value from json_each(?1)) and e.vendor_id in (select value from json_each(?2))
         group by 1, 2`,
      )
      .bind(VENDORS, JSON.stringify(policyIds));
    const { results } = await withRetries(() =>
      query.all<{ vendor_id: number; event_type: WebhookEventType; at_ms: number }>(),
    );
    return results.map((row) => ({ policyId: row.vendor_id, eventType: row.event_type, atMs: row.at_ms }));
  }

  async insert(projectId: number, draft: WebhookPolicyDraft, mutation: Mutation): Promise<number> {
    const condition = '(select count(*) from webhook_policies where project_id = ?) < ?';
    const insert = `insert into webhook_policies (name, description, targets, event_types, is_enabled, registry_host,
        project_id, creator, created_at_ms, updated_at_ms) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)`;
    await this.#run(draft, mutation, [
      guardProject(this.#db, projectId),
      this.#guardName(draft.name, projectId, 0),
      guard(this.#db, 'TOO_MANY_WEBHOOKS', condition, projectId, MAX_POLICIES_OF_PROJECT),
      this.#db.prepare(insert).bind(...columnsOf(draft), projectId, mutation.actor.username, mutation.nowMs),
    ]);
    const query = this.#db.prepare('select id from webhook_policies where project_id = ? and name = ?');
    const id = await withRetries(() => query.bind(projectId, draft.name).first<number>('id'));
    if (id !== null) return id;
    throw new AppError('CONFLICT', { message: `webhook policy ${draft.name} was deleted as it was created` });
  }

  async update(policy: WebhookPolicy, draft: WebhookPolicyDraft, mutation: Mutation): Promise<void> {
    const { id, projectId } = policy;
    const update = `update webhook_policies set name = ?1, description = ?2, targets = ?3, event_types = ?4, is_enabled = ?5,
        registry_host = ?6, updated_at_ms = ?7 where id = ?8`;
    await this.#run(draft, mutation, [
      this.#guardThere(id),
      this.#guardName(draft.name, projectId, id),
      this.#db.prepare(update).bind(...columnsOf(draft), mutation.nowMs, id),
      ...rerouteStatements(this.#db, routingOf(policy, draft), mutation),
    ]);
  }

  async delete(policy: WebhookPolicy, mutation: Mutation): Promise<void> {
    const remove = `delete from executions where vendor_type in (select value from json_each(?)) and vendor_id = ?`;
    await this.#run(policy, mutation, [
      this.#guardThere(policy.id),
      this.#db.prepare('delete from webhook_policies where id = ?').bind(policy.id),
      this.#db.prepare(remove).bind(VENDORS, policy.id),
    ]);
  }

  #guardThere(id: number): D1PreparedStatement {
    return guard(this.#db, 'WEBHOOK_GONE', 'exists (select 1 from webhook_policies where id = ?)', id);
  }

  #guardName(name: string, projectId: number, ownId: number): D1PreparedStatement {
    const condition = 'not exists (select 1 from webhook_policies where project_id = ? and name = ? and id <> ?)';
    return guard(this.#db, 'WEBHOOK_TAKEN', condition, projectId, name, ownId);
  }

  async #run(draft: WebhookPolicyDraft, mutation: Mutation, statements: readonly D1PreparedStatement[]): Promise<void> {
    await runGuarded(this.#db, [...mutationStatements(this.#db, mutation), ...statements], refusalsOf(draft));
  }
}

function columnsOf({ name, description, targets, eventTypes, isEnabled, registryHost }: WebhookPolicyDraft) {
  return [name, description, JSON.stringify(targets), JSON.stringify(eventTypes), isEnabled ? 1 : 0, registryHost];
}

function refusalsOf({ name }: WebhookPolicyDraft): Refusals {
  return {
    WEBHOOK_TAKEN: ['CONFLICT', `notification policy named ${name} already exists`],
    WEBHOOK_GONE: ['NOT_FOUND', `webhook policy ${name} not found`],
    TOO_MANY_WEBHOOKS: ['PRECONDITION', `a project has at most ${MAX_POLICIES_OF_PROJECT} webhook policies`],
    PROJECT_GONE: ['NOT_FOUND', 'project not found'],
  };
}
