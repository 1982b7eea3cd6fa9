import type { ExternalIdentity } from '#domain/access/external-identity';
import { isSameDn } from '#domain/ldap/distinguished-name';
import type { LdapEntry } from '#domain/ldap/ldap-entry';
import { type LdapGroup, toExternalGroup } from '#domain/ldap/ldap-group';
import type { LdapSettings } from '#domain/ldap/ldap-settings';

/** Somebody the directory knows. */
export interface LdapUser {
  readonly dn: string;
  /** As the directory writes it, whatever was typed. */
  readonly username: string;
  readonly email: string | undefined;
  readonly realname: string | undefined;
  /** Distinguished names of their groups, as the directory writes them. */
  readonly groupDns: readonly string[];
}

/** Somebody whose password the directory has accepted. */
export interface LdapAccount {
  readonly user: LdapUser;
  /** Those of their groups that the settings take for groups. */
  readonly groups: readonly LdapGroup[];
}

/** Attributes a user's name and address are read from, beside `ldap_uid`; harbor:src/pkg/ldap/ldap.go SearchLdap. */
export const USER_ATTRIBUTES = ['uid', 'cn', 'mail', 'email'] as const;

/**
 * The user an entry is: `mail` or `email` is the address, `cn` or `uid` the real name, unless it is the login name
 * (harbor:src/pkg/ldap/ldap.go SearchUser). Undefined for an entry that has no login name.
 */
export function toLdapUser(entry: LdapEntry, settings: LdapSettings): LdapUser | undefined {
  const uidAttribute = settings.uidAttribute.trim().toLowerCase();
  const firstOf = (attributes: readonly string[]) =>
    attributes.flatMap((attribute) => (attribute === uidAttribute ? [] : (entry.values(attribute)[0] ?? []))).at(0);
  const username = entry.values(uidAttribute)[0];
  if (username === undefined) return undefined;
  const address = firstOf(['mail', 'email']);
  return {
    dn: entry.dn,
    username,
    // A directory without addresses may have them for login names; harbor:src/core/auth/ldap/ldap.go OnBoardUser.
    email: address ?? (username.includes('@') ? username : undefined),
    realname: firstOf(['cn', 'uid']),
    groupDns: entry.values(settings.groups.membershipAttribute.trim()),
  };
}

/** What a login learns of an account. */
export function toExternalIdentity(
  { user, groups }: LdapAccount,
  { groups: { adminDn } }: LdapSettings,
): ExternalIdentity {
  return {
    username: user.username,
    email: user.email,
    realname: user.realname,
    groups: groups.map(toExternalGroup),
    isAdministrator: adminDn.trim() !== '' && user.groupDns.some((dn) => isSameDn(dn, adminDn)),
  };
}
