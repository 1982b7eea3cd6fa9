import { AppError } from '#core/errors';
import type { LdapSettings } from '#domain/ldap/ldap-settings';

const ATTRIBUTE_NAME = /^[a-z][a-z0-9-]*$/i;
const DEFAULT_GROUP_NAME_ATTRIBUTE = 'cn';

/** A value as it stands in a filter, so that nothing of it is syntax (RFC 4515 §3). */
function escapeFilterValue(value: string): string {
  const escaped = (character: string) => `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is one of the five characters of RFC 4515.
  return value.replaceAll(/[\\*()\u0000]/g, escaped);
}

/** The entries that `ldap_filter` takes for users and whose `ldap_uid` is `username`; all users without a name. */
export function userFilter(settings: LdapSettings, username: string | undefined): string {
  const uidAttribute = attributeName('ldap_uid', settings.uidAttribute);
  return both(adminFilter('ldap_filter', settings.filter), equality(uidAttribute, username));
}

/** The entries that `ldap_group_search_filter` takes for groups and whose name is `name`; all of them without a name. */
export function groupFilter(settings: LdapSettings, name: string | undefined): string {
  const filter = adminFilter('ldap_group_search_filter', settings.groups.filter);
  return both(filter, equality(groupNameAttribute(settings), name));
}

/** The attribute that holds a group's name. */
export function groupNameAttribute({ groups }: LdapSettings): string {
  const name = groups.nameAttribute.trim() || DEFAULT_GROUP_NAME_ATTRIBUTE;
  return attributeName('ldap_group_attribute_name', name);
}

function equality(attribute: string, value: string | undefined): string {
  return `(${attribute}=${value === undefined ? '*' : escapeFilterValue(value)})`;
}

function both(first: string, second: string): string {
  return first === '' ? second : `(&${first}${second})`;
}

function attributeName(setting: string, value: string): string {
  const name = value.trim();
  if (!ATTRIBUTE_NAME.test(name)) throw new AppError('BAD_REQUEST', { message: `${setting} names no attribute` });
  return name;
}

/** An administrator's filter with the parentheses Harbor lets them leave out; empty when they gave none. */
function adminFilter(setting: string, value: string): string {
  const text = value.trim();
  if (text === '') return '';
  const filter = text.startsWith('(') && text.endsWith(')') ? text : `(${text})`;
  if (!isOneComponent(filter)) {
    throw new AppError('BAD_REQUEST', { message: `${setting} is not a filter (RFC 4515)` });
  }
  return filter;
}

/** Whether the first parenthesis is closed by the last character, and by no other. */
function isOneComponent(filter: string): boolean {
  let depth = 0;
  for (const { 0: parenthesis, index } of filter.matchAll(/[()]/g)) {
    depth += parenthesis === '(' ? 1 : -1;
    if (depth === 0) return index === filter.length - 1;
  }
  return false;
}
