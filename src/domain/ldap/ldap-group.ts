import { type ExternalGroup, GROUP_TYPES } from '#domain/groups/user-group';
import { isUnderDn } from '#domain/ldap/distinguished-name';
import type { LdapEntry } from '#domain/ldap/ldap-entry';
import type { LdapSettings } from '#domain/ldap/ldap-settings';
import { groupNameAttribute } from '#domain/ldap/search-filter';

/** A group the directory knows. */
export interface LdapGroup {
  readonly dn: string;
  readonly name: string;
}

/** Most groups of one user that are looked up. */
const MAX_GROUPS_OF_A_USER = 1_000;

/** The group an entry is; one without a name is called by its distinguished name, as in Harbor. */
export function toLdapGroup(entry: LdapEntry, settings: LdapSettings): LdapGroup {
  return { dn: entry.dn, name: entry.values(groupNameAttribute(settings))[0] ?? entry.dn };
}

/** The group as its members are told. */
export function toExternalGroup({ name, dn }: LdapGroup): ExternalGroup {
  return { type: GROUP_TYPES.ldap, name, ldapDn: dn };
}

/** Below what groups are searched. */
export function groupBaseDn({ baseDn, groups }: LdapSettings): string {
  return groups.baseDn.trim() || baseDn;
}

/** Which of the groups a user's entry names are worth a look in the directory; none unless there is a group filter. */
export function candidateGroupDns(groupDns: readonly string[], settings: LdapSettings): readonly string[] {
  if (settings.groups.filter.trim() === '') return [];
  const baseDn = groupBaseDn(settings);
  return groupDns.filter((dn) => isUnderDn(baseDn, dn)).slice(0, MAX_GROUPS_OF_A_USER);
}
