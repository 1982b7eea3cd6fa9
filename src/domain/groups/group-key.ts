import { type ExternalGroup, GROUP_TYPES } from '#domain/groups/user-group';
import { normalizeDn } from '#domain/ldap/distinguished-name';

/** What tells groups of a type apart: an LDAP group's name is its DN, which can be written in several ways (RFC 4514). */
export function groupKey({ type, name, ldapDn = '' }: ExternalGroup): string {
  if (type !== GROUP_TYPES.ldap) return name;
  return normalizeDn(ldapDn) ?? ldapDn.trim().toLowerCase();
}
