import type { Digest } from '#core/digest';
import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import type { Quota, QuotaUsage } from '#domain/quotas/quota';

export const QUOTA_ORDERS = ['id', 'creation_time', 'update_time', 'hard.storage', 'used.storage'] as const;

export interface QuotaPage extends OffsetPage {
  /** Without a limit is the largest limit. */
  readonly orderBy: (typeof QUOTA_ORDERS)[number];
  readonly isDescending: boolean;
}

/** What a push would find. */
export interface QuotaRoom extends QuotaUsage {
  /** Whether limits count at all (`quota_per_project_enable`). */
  readonly isEnforced: boolean;
  /** Whether the project holds the blob that was asked about, which so costs nothing. */
  readonly holdsBlob: boolean;
}

/** Rows of quotas. Usage is kept by triggers, so that nothing here writes it. */
export interface QuotaStore {
  /** Quotas of all projects, or of one, and how many there are. */
  list(
    projectId: number | undefined,
    page: QuotaPage,
  ): Promise<{ readonly items: readonly Quota[]; readonly total: number }>;

  find(id: number): Promise<Quota | undefined>;

  /** How much room the project has; undefined when the project is gone. */
  room(projectId: number, digest: Digest | undefined): Promise<QuotaRoom | undefined>;

  /** Sets the limit, which may be less than what is used; NOT_FOUND when the quota is gone. */
  limit(id: number, hardBytes: number, mutation: Mutation): Promise<void>;
}
