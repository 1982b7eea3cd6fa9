import type { AuditSettings } from '#domain/audit/audit-settings';
import type { Mutation } from '#domain/events/mutation';

/** Rows of settings that differ from their defaults. */
export interface ConfigurationStore {
  /** Key and value in JSON; secrets sealed. */
  list(): Promise<ReadonlyMap<string, string>>;

  /**
   * Stores values. BAD_REQUEST for another `auth_mode` while accounts besides the first administrator exist: the way
   * accounts log in cannot change under them. `audit` is what the audit log goes by from this very change on;
   * undefined when that stays.
   */
  put(values: ReadonlyMap<string, string>, audit: AuditSettings | undefined, mutation: Mutation): Promise<void>;

  /** Sets what the audit log goes by, where it is not set so. */
  applyToAudit(settings: AuditSettings): Promise<void>;

  /** Whether there are accounts besides the first administrator. */
  hasOtherUsers(): Promise<boolean>;
}
