import type { WebhookEventType } from '#domain/webhooks/webhook-event-type';
import type { WebhookPolicy, WebhookTarget } from '#domain/webhooks/webhook-policy';

export interface WebhookPolicyRow {
  readonly id: number;
  readonly project_id: number;
  readonly name: string;
  readonly description: string;
  /** JSON. */
  readonly targets: string;
  readonly event_types: string;
  readonly is_enabled: number;
  readonly registry_host: string;
  readonly creator: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

/** Webhook policies; a `where` follows. */
export const SELECT_WEBHOOK_POLICY = `select w.id, w.project_id, w.name, w.description, w.targets, w.event_types, w.is_enabled,
  w.registry_host, w.creator, w.created_at_ms, w.updated_at_ms from webhook_policies w`;

export function toWebhookPolicy(row: WebhookPolicyRow): WebhookPolicy {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    targets: JSON.parse(row.targets) as readonly WebhookTarget[],
    eventTypes: JSON.parse(row.event_types) as readonly WebhookEventType[],
    isEnabled: row.is_enabled === 1,
    registryHost: row.registry_host,
    creator: row.creator,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
