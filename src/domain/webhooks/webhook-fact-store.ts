import type { QuotaUsage } from '#domain/quotas/quota';
import type { WebhookPolicy } from '#domain/webhooks/webhook-policy';

/** What webhooks tell of a project beside the event. */
export interface ProjectFacts {
  readonly isPublic: boolean;
  readonly quota: QuotaUsage | undefined;
}

export interface WebhookFacts {
  /** Those that are enabled, by id. */
  readonly policies: readonly WebhookPolicy[];
  /** By id; none for a project that is gone. */
  readonly projects: ReadonlyMap<number, ProjectFacts>;
  /** When repositories were made, by id. */
  readonly repositoriesCreatedAtMs: ReadonlyMap<number, number>;
}

/** Whom to tell, and what of the places events happened in. */
export interface WebhookFactStore {
  /** Whether any of the projects has a policy. */
  hasPolicies(projectIds: readonly number[]): Promise<boolean>;

  read(projectIds: readonly number[], repositoryIds: readonly number[]): Promise<WebhookFacts>;
}
