import type { VendorType } from '#domain/jobs/vendor-type';
import type { WebhookEventType } from '#domain/webhooks/webhook-event-type';

/** How a target is told, in Harbor's words and order. */
export const NOTIFY_TYPES = ['http', 'slack'] as const;
export type NotifyType = (typeof NOTIFY_TYPES)[number];

/** What an `http` target is sent, in Harbor's words and order; a `slack` target gets what Slack understands. */
export const PAYLOAD_FORMATS = ['Default', 'CloudEvents'] as const;
export type PayloadFormat = (typeof PAYLOAD_FORMATS)[number];

/** The kind of job that tells a target. */
export const VENDOR_TYPE_OF: Readonly<Record<NotifyType, VendorType>> = { http: 'WEBHOOK', slack: 'SLACK' };
export const DELIVERY_VENDOR_TYPES = Object.values(VENDOR_TYPE_OF);

/** Targets of a policy at most. */
export const MAX_TARGETS = 10;
/** Policies of a project at most; with their targets they bound what one event brings about. */
export const MAX_POLICIES_OF_PROJECT = 50;

/** Where a webhook goes. JSON in the database. */
export interface WebhookTarget {
  readonly type: NotifyType;
  /** As it was given, which is also how Harbor keeps it; it may want normalizing (`target-address.ts`). */
  readonly address: string;
  /** Undefined for a `slack` target. */
  readonly payloadFormat?: PayloadFormat;
  /** Whether any certificate will do; the platform cannot take it, so it changes nothing but the words of a failure. */
  readonly skipsCertificateCheck: boolean;
  /** Sealed value of the `Authorization` header. */
  readonly sealedAuthHeader?: string;
  /** Sealed key of the signature. */
  readonly sealedSecret?: string;
}

export interface WebhookPolicyDraft {
  readonly name: string;
  readonly description: string;
  readonly targets: readonly WebhookTarget[];
  readonly eventTypes: readonly WebhookEventType[];
  readonly isEnabled: boolean;
  /** Host and port at which its author reached the registry: what addresses in payloads begin with where none is configured. */
  readonly registryHost: string;
}

/** Whom a project tells of what happens in it. */
export interface WebhookPolicy extends WebhookPolicyDraft {
  readonly id: number;
  readonly projectId: number;
  readonly creator: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
