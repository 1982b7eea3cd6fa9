import { type ExternalGroup, GROUP_TYPES } from '#domain/groups/user-group';

/** What tells groups of a type apart: an LDAP group's name is its DN, whose case and spacing do not matter (RFC 4514). */
export function groupKey({ type, name, ldapDn }: ExternalGroup): string {
  return type === GROUP_TYPES.ldap ? normalizeDn(ldapDn ?? '') : name;
}

export function normalizeDn(dn: string): string {
  return dn
    .trim()
    .toLowerCase()
    .replace(/\s*([,=+])\s*/g, '$1');
}
