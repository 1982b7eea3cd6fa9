import { hiddenEventTypes } from '#domain/audit/event-type';
import { parseLogEndpoint } from '#domain/audit/log-endpoint';
import type { Configuration, ConfigurationKey } from '#domain/configuration/catalog';

/** What the settings say of the audit log. */
export interface AuditSettings {
  /** Types of events whose entries nobody sees and nobody is sent. */
  readonly hiddenTypes: readonly string[];
  /** Where the others are forwarded to; empty where they are not. */
  readonly endpoint: string;
  /** Whether the others can be listed here. */
  readonly isListed: boolean;
}

/** What {@link auditSettings} goes by. */
export const AUDIT_KEYS = [
  'disabled_audit_log_event_types',
  'pull_audit_log_disable',
  'audit_log_forward_endpoint',
  'skip_audit_log_database',
] as const satisfies readonly ConfigurationKey[];

export function auditSettings(configuration: Pick<Configuration, (typeof AUDIT_KEYS)[number]>): AuditSettings {
  const { audit_log_forward_endpoint: address } = configuration;
  const endpoint = parseLogEndpoint(address) ? address : '';
  return {
    hiddenTypes: hiddenEventTypes(configuration),
    endpoint,
    // A deployment may fix one setting without the other, or something that is no endpoint; then nothing is lost.
    isListed: !(endpoint !== '' && configuration.skip_audit_log_database),
  };
}
