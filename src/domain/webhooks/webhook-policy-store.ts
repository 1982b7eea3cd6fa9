import type { ListingFilter, ListingKeys } from '#core/listing-filter';
import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import type { WebhookEventType } from '#domain/webhooks/webhook-event-type';
import type { WebhookPolicy, WebhookPolicyDraft } from '#domain/webhooks/webhook-policy';

/** What a listing of policies filters by. */
export const WEBHOOK_POLICY_KEYS = {
  id: { of: 'integer', by: ['exact', 'any-of', 'range'] },
  name: { of: 'text', by: ['exact', 'fuzzy', 'any-of'] },
  description: { of: 'text', by: ['exact', 'fuzzy'] },
  creator: { of: 'text', by: ['exact', 'fuzzy'] },
  enabled: { of: 'flag', by: ['exact'] },
  creation_time: { of: 'time', by: ['exact', 'range'] },
  update_time: { of: 'time', by: ['exact', 'range'] },
} as const satisfies ListingKeys;

export const WEBHOOK_POLICY_ORDERS = ['id', 'name', 'creation_time', 'update_time'] as const;

export interface WebhookPolicyPage extends OffsetPage {
  readonly orderBy: (typeof WEBHOOK_POLICY_ORDERS)[number];
  readonly isDescending: boolean;
}

/** When a policy last told of a type of event. */
export interface LastTrigger {
  readonly policyId: number;
  readonly eventType: WebhookEventType;
  readonly atMs: number;
}

/** Rows of webhook policies. */
export interface WebhookPolicyStore {
  find(projectId: number, policyId: number): Promise<WebhookPolicy | undefined>;

  list(
    projectId: number,
    filter: ListingFilter<typeof WEBHOOK_POLICY_KEYS>,
    page: WebhookPolicyPage,
  ): Promise<{ readonly items: readonly WebhookPolicy[]; readonly total: number }>;

  /** All policies of a project, by id. */
  listAll(projectId: number): Promise<readonly WebhookPolicy[]>;

  /** Of the policies, as far as their deliveries are still known. */
  lastTriggers(policyIds: readonly number[]): Promise<readonly LastTrigger[]>;

  /** Returns the new id. CONFLICT when the name is taken, PRECONDITION when the project has enough. */
  insert(projectId: number, draft: WebhookPolicyDraft, mutation: Mutation): Promise<number>;

  /** Its deliveries follow (`routingOf`). NOT_FOUND when it is gone, CONFLICT when another one has the name. */
  update(policy: WebhookPolicy, draft: WebhookPolicyDraft, mutation: Mutation): Promise<void>;

  /** With its deliveries, be they under way. NOT_FOUND when it is gone. */
  delete(policy: WebhookPolicy, mutation: Mutation): Promise<void>;
}
