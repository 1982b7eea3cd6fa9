/**
 * What a webhook can be told of: Harbor's event types in its order (`harbor:src/pkg/notification/notification.go`), with
 * their names as CloudEvents, and at the end what Harbor does not tell.
 */
const CLOUD_EVENT_TYPES = {
  PUSH_ARTIFACT: 'harbor.artifact.pushed',
  PULL_ARTIFACT: 'harbor.artifact.pulled',
  DELETE_ARTIFACT: 'harbor.artifact.deleted',
  QUOTA_EXCEED: 'harbor.quota.exceeded',
  QUOTA_WARNING: 'harbor.quota.warned',
  SCANNING_FAILED: 'harbor.scan.failed',
  SCANNING_STOPPED: 'harbor.scan.stopped',
  SCANNING_COMPLETED: 'harbor.scan.completed',
  REPLICATION: 'harbor.replication.status.changed',
  TAG_RETENTION: 'harbor.tag_retention.finished',
  ROBOT_EXPIRING: 'roadstead.robot.expiring',
} as const;

export type WebhookEventType = keyof typeof CLOUD_EVENT_TYPES;

export const WEBHOOK_EVENT_TYPES = Object.keys(CLOUD_EVENT_TYPES) as readonly WebhookEventType[];

export function isWebhookEventType(text: string): text is WebhookEventType {
  return Object.hasOwn(CLOUD_EVENT_TYPES, text);
}

export function cloudEventTypeOf(type: WebhookEventType): string {
  return CLOUD_EVENT_TYPES[type];
}
