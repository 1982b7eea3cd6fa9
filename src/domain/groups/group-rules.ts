import { AppError } from '#core/errors';
import { type ExternalGroup, GROUP_TYPES, type GroupType } from '#domain/groups/user-group';
import { normalizeDn } from '#domain/ldap/distinguished-name';

const MAX_NAME_LENGTH = 255;
const MAX_DN_LENGTH = 512;
/** What breaks a line, or turns the text around it. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]/u;

/** A group as a client describes it. */
export interface GroupDescription {
  readonly name: string;
  readonly type: number;
  readonly ldapDn: string;
}

/** The group that is described; BAD_REQUEST for a type, a name or a distinguished name that no group has. */
export function requireGroup({ name, type, ldapDn }: GroupDescription): ExternalGroup {
  if (!isGroupType(type)) {
    throw new AppError('BAD_REQUEST', { message: 'group_type must be 1 (LDAP), 2 (HTTP) or 3 (OIDC)' });
  }
  requireGroupName(name);
  return type === GROUP_TYPES.ldap ? { type, name, ldapDn: requireDn(ldapDn) } : { type, name };
}

/** Whether a group that a directory tells of has a name, and a distinguished name, that a group here can have. */
export function isGroupFit({ type, name, ldapDn = '' }: ExternalGroup): boolean {
  const isNamed =
    name.trim() !== '' && name.length <= MAX_NAME_LENGTH && !UNPRINTABLE.test(name) && name.isWellFormed();
  return isNamed && (type !== GROUP_TYPES.ldap || dnProblem(ldapDn.trim()) === undefined);
}

export function requireGroupName(name: string): void {
  if (name.trim() === '' || name.length > MAX_NAME_LENGTH) {
    throw new AppError('BAD_REQUEST', { message: `group_name must be 1 to ${MAX_NAME_LENGTH} characters long` });
  }
  if (UNPRINTABLE.test(name)) {
    throw new AppError('BAD_REQUEST', { message: 'group_name contains invisible characters' });
  }
}

/** The name of a group that no client has named: its distinguished name, as in Harbor, or what its directory calls it. */
export function toGroupName(text: string): string {
  return text.trim().slice(0, MAX_NAME_LENGTH);
}

function requireDn(text: string): string {
  const dn = text.trim();
  const problem = dnProblem(dn);
  if (problem) throw new AppError('BAD_REQUEST', { message: problem });
  return dn;
}

/** Undefined for a distinguished name a group may have, else what is wrong with it. */
function dnProblem(dn: string): string | undefined {
  if (dn === '') return 'an LDAP group needs its ldap_group_dn';
  const isReadable = dn.length <= MAX_DN_LENGTH && !UNPRINTABLE.test(dn) && dn.isWellFormed();
  return isReadable && normalizeDn(dn) !== undefined
    ? undefined
    : `invalid DN syntax. DN: ${dn.slice(0, MAX_DN_LENGTH)}`;
}

function isGroupType(type: number): type is GroupType {
  return Object.values<number>(GROUP_TYPES).includes(type);
}
