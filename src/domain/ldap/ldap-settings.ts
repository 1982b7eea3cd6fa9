import { AppError } from '#core/errors';
import type { Configuration } from '#domain/configuration/catalog';

/** How far below its base a search looks (RFC 4511 §4.5.1.2): the base itself, its children, or the whole subtree. */
export type LdapScope = 0 | 1 | 2;

/** How the directory is asked; Harbor's configuration keys `ldap_*` (harbor:src/common/const.go). */
export interface LdapSettings {
  /** `ldap_url`: `[ldap|ldaps]://host[:port]`. */
  readonly url: string;
  /** `ldap_search_dn`: the account that searches. */
  readonly searchDn: string;
  readonly searchPassword: string;
  /** `ldap_base_dn`: where users are searched. */
  readonly baseDn: string;
  /** `ldap_filter`: which entries are users, RFC 4515; empty for all. */
  readonly filter: string;
  /** `ldap_uid`: the attribute a login name is compared with. */
  readonly uidAttribute: string;
  readonly scope: LdapScope;
  /** `ldap_timeout`: for the connection and for each answer. */
  readonly timeoutSeconds: number;
  /** `ldap_verify_cert` */
  readonly isCertificateVerified: boolean;
  readonly groups: LdapGroupSettings;
}

/** How groups are told from other entries; keys `ldap_group_*`. */
interface LdapGroupSettings {
  /** `ldap_group_base_dn`: only what lies below is a group; empty for the users' base. */
  readonly baseDn: string;
  /** `ldap_group_search_filter`: which entries are groups; with none, nobody has any, as in Harbor. */
  readonly filter: string;
  /** `ldap_group_attribute_name`: holds a group's name; empty for `cn`. */
  readonly nameAttribute: string;
  readonly scope: LdapScope;
  /** `ldap_group_admin_dn`: its members are system administrators; empty for none. */
  readonly adminDn: string;
  /** `ldap_group_membership_attribute`: the attribute of a user that names their groups, such as `memberof`. */
  readonly membershipAttribute: string;
  /** `ldap_group_attach_parallel`: whether a user's groups are looked up several at a time. */
  readonly isLookupParallel: boolean;
}

/** Where a directory listens. */
export interface LdapAddress {
  readonly host: string;
  readonly port: number;
  /** Whether the connection is TLS from its first byte. */
  readonly isSecure: boolean;
}

const URL_FORM = /^(?:(ldaps?):\/\/)?(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+)(?::(\d{1,5}))?\/?$/i;

/**
 * Reads `ldap_url` as Harbor does: without a scheme it is `ldap`, and port 636 always means TLS
 * (harbor:src/pkg/ldap/ldap.go formatURL). Throws BAD_REQUEST for anything else.
 */
export function parseLdapUrl(url: string): LdapAddress {
  if (url.trim() === '') throw new AppError('BAD_REQUEST', { message: 'ldap_url is empty' });
  const [, scheme = 'ldap', host = '', portText] = URL_FORM.exec(url.trim()) ?? [];
  const port = portText === undefined ? (scheme.toLowerCase() === 'ldaps' ? 636 : 389) : Number(portText);
  if (host === '' || port < 1 || port > 65_535) {
    throw new AppError('BAD_REQUEST', { message: 'ldap_url is not of the form ldap://host:port or ldaps://host:port' });
  }
  return { host, port, isSecure: scheme.toLowerCase() === 'ldaps' || port === 636 };
}

/** What an administrator has set. */
export function toLdapSettings(configuration: Configuration): LdapSettings {
  return {
    url: configuration.ldap_url,
    searchDn: configuration.ldap_search_dn,
    searchPassword: configuration.ldap_search_password,
    baseDn: configuration.ldap_base_dn,
    filter: configuration.ldap_filter,
    uidAttribute: configuration.ldap_uid,
    scope: toScope(configuration.ldap_scope),
    timeoutSeconds: configuration.ldap_timeout,
    isCertificateVerified: configuration.ldap_verify_cert,
    groups: {
      baseDn: configuration.ldap_group_base_dn,
      filter: configuration.ldap_group_search_filter,
      nameAttribute: configuration.ldap_group_attribute_name,
      scope: toScope(configuration.ldap_group_search_scope),
      adminDn: configuration.ldap_group_admin_dn,
      membershipAttribute: configuration.ldap_group_membership_attribute,
      isLookupParallel: configuration.ldap_group_attach_parallel,
    },
  };
}

function toScope(value: number): LdapScope {
  return value === 0 || value === 1 ? value : 2;
}
