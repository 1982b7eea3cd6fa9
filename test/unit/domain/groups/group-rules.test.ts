import { describe, expect, it } from 'vitest';
import type { AppError } from '#core/errors';
import { requireGroup } from '#domain/groups/group-rules';

const dn = 'cn=team,ou=groups,dc=example,dc=org';

describe('a described group', () => {
  it.each([
    [
      { name: 'team', type: 1, ldapDn: ` ${dn} ` },
      { name: 'team', type: 1, ldapDn: dn },
    ],
    [
      { name: 'Team a/b', type: 2, ldapDn: '' },
      { name: 'Team a/b', type: 2 },
    ],
    [
      { name: 'گروه‌ها', type: 3, ldapDn: dn },
      { name: 'گروه‌ها', type: 3 },
    ],
    [
      { name: 'x'.repeat(255), type: 3, ldapDn: '' },
      { name: 'x'.repeat(255), type: 3 },
    ],
  ])('is taken as it is: %j', (description, group) => {
    expect(requireGroup(description)).toEqual(group);
  });

  it.each([
    ['no type', { name: 'team', type: 0, ldapDn: '' }],
    ['an unknown type', { name: 'team', type: 4, ldapDn: '' }],
    ['no name', { name: '', type: 2, ldapDn: '' }],
    ['a name of spaces', { name: '  ', type: 2, ldapDn: '' }],
    ['a long name', { name: 'x'.repeat(256), type: 2, ldapDn: '' }],
    ['a line break', { name: 'a\nb', type: 2, ldapDn: '' }],
    ['a zero byte', { name: 'a\0b', type: 2, ldapDn: '' }],
    ['text that turns around', { name: 'a\u202eb', type: 2, ldapDn: '' }],
    ['an LDAP group without a DN', { name: 'team', type: 1, ldapDn: ' ' }],
    ['a DN without a type', { name: 'team', type: 1, ldapDn: 'team' }],
    ['a DN that ends early', { name: 'team', type: 1, ldapDn: 'cn=team,' }],
    ['a DN with an escape of nothing', { name: 'team', type: 1, ldapDn: 'cn=team\\' }],
    ['a long DN', { name: 'team', type: 1, ldapDn: `cn=${'x'.repeat(510)}` }],
  ])('is refused for %s', (_, description) => {
    expect(() => requireGroup(description)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }) as AppError);
  });

  it.each(['cn=a', '2.5.4.3=a', 'cn=a\\, b,dc=org', 'cn=a+sn=b, dc=org', 'cn=,dc=org'])(
    'may have the DN %s',
    (ldapDn) => {
      expect(requireGroup({ name: 'team', type: 1, ldapDn })).toMatchObject({ ldapDn });
    },
  );
});
