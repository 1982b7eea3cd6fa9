import type { z } from 'zod';
import type { CONFIGURATION_TYPES, ConfigurationType } from '#domain/configuration/configuration-type';

interface Item {
  readonly type: ConfigurationType;
  readonly fallback: string | number | boolean | Readonly<Record<string, string>>;
}

/**
 * Every setting an administrator may change, with its type and default (`harbor:src/lib/config/metadata/metadatalist.go`).
 * Those of Harbor that nothing here reads yet are kept and given back, so that a client's settings survive.
 */
export const CATALOG = {
  auth_mode: { type: 'auth-mode', fallback: 'db_auth' },
  primary_auth_mode: { type: 'boolean', fallback: false },

  ldap_url: { type: 'text', fallback: '' },
  ldap_search_dn: { type: 'text', fallback: '' },
  ldap_search_password: { type: 'secret', fallback: '' },
  ldap_base_dn: { type: 'text', fallback: '' },
  ldap_filter: { type: 'text', fallback: '' },
  ldap_uid: { type: 'non-empty-text', fallback: 'cn' },
  ldap_scope: { type: 'ldap-scope', fallback: 2 },
  /** Seconds. */
  ldap_timeout: { type: 'positive-integer', fallback: 5 },
  ldap_verify_cert: { type: 'boolean', fallback: true },
  ldap_group_base_dn: { type: 'text', fallback: '' },
  ldap_group_admin_dn: { type: 'text', fallback: '' },
  ldap_group_attribute_name: { type: 'text', fallback: '' },
  ldap_group_search_filter: { type: 'text', fallback: '' },
  ldap_group_search_scope: { type: 'ldap-scope', fallback: 2 },
  ldap_group_membership_attribute: { type: 'text', fallback: 'memberof' },
  ldap_group_attach_parallel: { type: 'boolean', fallback: false },

  uaa_endpoint: { type: 'url', fallback: '' },
  uaa_client_id: { type: 'text', fallback: '' },
  uaa_client_secret: { type: 'secret', fallback: '' },
  uaa_verify_cert: { type: 'boolean', fallback: false },

  http_authproxy_endpoint: { type: 'url', fallback: '' },
  http_authproxy_tokenreview_endpoint: { type: 'url', fallback: '' },
  http_authproxy_admin_groups: { type: 'text', fallback: '' },
  http_authproxy_admin_usernames: { type: 'text', fallback: '' },
  http_authproxy_verify_cert: { type: 'boolean', fallback: true },
  http_authproxy_skip_search: { type: 'boolean', fallback: false },
  http_authproxy_server_certificate: { type: 'text', fallback: '' },

  oidc_name: { type: 'text', fallback: '' },
  oidc_endpoint: { type: 'url', fallback: '' },
  oidc_client_id: { type: 'text', fallback: '' },
  oidc_client_secret: { type: 'secret', fallback: '' },
  oidc_groups_claim: { type: 'text', fallback: '' },
  oidc_admin_group: { type: 'text', fallback: '' },
  oidc_group_filter: { type: 'text', fallback: '' },
  oidc_scope: { type: 'text', fallback: '' },
  oidc_user_claim: { type: 'text', fallback: '' },
  oidc_verify_cert: { type: 'boolean', fallback: true },
  oidc_auto_onboard: { type: 'boolean', fallback: false },
  oidc_extra_redirect_parms: { type: 'text-map', fallback: {} },
  oidc_logout: { type: 'boolean', fallback: false },

  project_creation_restriction: { type: 'project-creation', fallback: 'everyone' },
  read_only: { type: 'boolean', fallback: false },
  self_registration: { type: 'boolean', fallback: false },
  /** Minutes. */
  token_expiration: { type: 'positive-integer', fallback: 30 },
  /** Days. */
  robot_token_duration: { type: 'positive-integer', fallback: 30 },
  robot_name_prefix: { type: 'robot-prefix', fallback: 'robot$' },
  /** Minutes. */
  session_timeout: { type: 'positive-integer', fallback: 60 },
  /** Issuers that trust rules may name, one a line; empty lets none. Roadstead's own. */
  federation_issuers: { type: 'text', fallback: '' },
  banner_message: { type: 'text', fallback: '' },
  notification_enable: { type: 'boolean', fallback: true },
  quota_per_project_enable: { type: 'boolean', fallback: true },
  /** Bytes; -1 is no limit. */
  storage_per_project: { type: 'quota', fallback: -1 },
  pull_time_update_disable: { type: 'boolean', fallback: false },
  pull_count_update_disable: { type: 'boolean', fallback: false },
  pull_audit_log_disable: { type: 'boolean', fallback: false },
  audit_log_forward_endpoint: { type: 'tcp-endpoint', fallback: '' },
  skip_audit_log_database: { type: 'boolean', fallback: false },
  scanner_skip_update_pulltime: { type: 'boolean', fallback: false },
  disabled_audit_log_event_types: { type: 'text', fallback: '' },
} as const satisfies Record<string, Item>;

export type ConfigurationKey = keyof typeof CATALOG;

/** `db_auth` is a text with four values, `30` a number: what a key holds. */
type ConfigurationValue<K extends ConfigurationKey> = (typeof CATALOG)[K]['type'] extends 'auth-mode'
  ? AuthMode
  : (typeof CATALOG)[K]['fallback'] extends boolean
    ? boolean
    : (typeof CATALOG)[K]['fallback'] extends number
      ? number
      : (typeof CATALOG)[K]['fallback'] extends string
        ? string
        : Readonly<Record<string, string>>;

export type AuthMode = z.infer<(typeof CONFIGURATION_TYPES)['auth-mode']>;

/** Every setting, read. */
export type Configuration = { readonly [K in ConfigurationKey]: ConfigurationValue<K> };

export function isConfigurationKey(text: string): text is ConfigurationKey {
  return Object.hasOwn(CATALOG, text);
}

export function isSecretKey(key: ConfigurationKey): boolean {
  return CATALOG[key].type === 'secret';
}

/** The settings of a deployment where nobody has changed any. */
export const DEFAULTS = Object.fromEntries(
  Object.entries(CATALOG).map(([key, { fallback }]) => [key, fallback]),
) as unknown as Configuration;
