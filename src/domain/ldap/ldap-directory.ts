import type { LdapGroup } from '#domain/ldap/ldap-group';
import type { LdapSettings } from '#domain/ldap/ldap-settings';
import type { LdapAccount, LdapUser } from '#domain/ldap/ldap-user';

/** Most entries one search answers; a directory that has more answers some of them. */
export const MAX_LDAP_ENTRIES = 1_000;

/**
 * A directory that speaks LDAP (RFC 4511). Each call is a connection of its own, bounded in time and size. All reject
 * with BAD_REQUEST naming the setting when the settings cannot work, and with SERVICE_UNAVAILABLE when the directory
 * does not answer as it should.
 */
export interface LdapDirectory {
  /** Connects and binds the search account. */
  ping(settings: LdapSettings): Promise<void>;

  /** Users of that name, or all of them: MAX_LDAP_ENTRIES at most. */
  searchUsers(settings: LdapSettings, username: string | undefined): Promise<readonly LdapUser[]>;

  /** For each name the users that have it, two at most: more than one says that the name does not tell who is meant. */
  findUsers(settings: LdapSettings, usernames: readonly string[]): Promise<readonly (readonly LdapUser[])[]>;

  /** Groups of that name: MAX_LDAP_ENTRIES at most. */
  searchGroups(settings: LdapSettings, name: string): Promise<readonly LdapGroup[]>;

  /** The group of that distinguished name, when the settings take it for one. */
  findGroup(settings: LdapSettings, dn: string): Promise<LdapGroup | undefined>;

  /** Whose name and password that is; undefined when nobody's, or when several have the name. */
  authenticate(settings: LdapSettings, username: string, password: string): Promise<LdapAccount | undefined>;
}
