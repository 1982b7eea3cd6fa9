import { AppError } from '#core/errors';
import type { Configuration, ConfigurationKey } from '#domain/configuration/catalog';

/** Settings that mean something together only. */
interface ConfigurationRule {
  readonly keys: readonly ConfigurationKey[];
  /** Undefined when they fit together, else why not. */
  readonly problem: (configuration: Configuration) => string | undefined;
}

const RULES: readonly ConfigurationRule[] = [
  {
    // harbor:src/pkg/config/validate/ldapgroup.go
    keys: ['ldap_group_search_filter', 'ldap_group_attribute_name', 'ldap_group_membership_attribute'],
    problem: (configuration) => {
      if (configuration.ldap_group_search_filter === '') return undefined;
      if (configuration.ldap_group_attribute_name === '') return 'ldap group name attribute can not be empty';
      if (configuration.ldap_group_membership_attribute !== '') return undefined;
      return 'ldap group membership attribute can not be empty';
    },
  },
  {
    // harbor:src/controller/config/controller.go verifySkipAuditLogCfg
    keys: ['skip_audit_log_database', 'audit_log_forward_endpoint'],
    problem: ({ skip_audit_log_database: isSkipped, audit_log_forward_endpoint: endpoint }) =>
      isSkipped && endpoint === ''
        ? 'audit log forward endpoint should be configured before enable skip audit log in database'
        : undefined,
  },
];

/**
 * BAD_REQUEST when settings would not fit together once `changed` ones are saved. Settings that did not fit before are in
 * nobody's way who changes others.
 */
export function requireFitting(configuration: Configuration, changed: ReadonlySet<ConfigurationKey>): void {
  for (const { keys, problem } of RULES) {
    const message = keys.some((key) => changed.has(key)) ? problem(configuration) : undefined;
    if (message !== undefined) throw new AppError('BAD_REQUEST', { message });
  }
}
