import fc from 'fast-check';
import { FilterParser } from 'ldapts';
import { describe, expect, it } from 'vitest';
import { groupFilter, userFilter } from '#domain/ldap/search-filter';
import { ldapSettings } from '#test/support/ldap-settings';

describe('the filter for users', () => {
  it('asks for the name among those the administrator wants, who may leave out the parentheses', () => {
    expect(userFilter(ldapSettings({ filter: '' }), 'alice')).toBe('(uid=alice)');
    expect(userFilter(ldapSettings({ filter: ' objectClass=person ' }), 'alice')).toBe(
      '(&(objectClass=person)(uid=alice))',
    );
    expect(userFilter(ldapSettings({ filter: '|(ou=a)(ou=b)' }), 'alice')).toBe('(&(|(ou=a)(ou=b))(uid=alice))');
    expect(userFilter(ldapSettings({ filter: '(ou=a)' }), undefined)).toBe('(&(ou=a)(uid=*))');
  });

  it('takes nothing of a name for syntax', () => {
    expect(userFilter(ldapSettings({ filter: '' }), 'a*)(uid=\\\u0000')).toBe('(uid=a\\2a\\29\\28uid=\\5c\\00)');
  });

  it('compares exactly the name, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        expect(FilterParser.parseString(userFilter(ldapSettings({ filter: '' }), name))).toMatchObject({
          attribute: 'uid',
          value: name,
        });
      }),
    );
  });

  it.each(['(ou=a)(ou=b)', '(ou=a))(|(ou=b)', '((ou=a)', 'ou=a)', ')('])(
    'refuses %s, which is not one filter',
    (filter) => {
      expect(() => userFilter(ldapSettings({ filter }), 'alice')).toThrow('ldap_filter is not a filter');
    },
  );

  it('refuses an attribute that would be syntax', () => {
    expect(() => userFilter(ldapSettings({ uidAttribute: 'uid=*)(cn' }), 'alice')).toThrow(
      'ldap_uid names no attribute',
    );
  });
});

describe('the filter for groups', () => {
  it('asks for the name attribute, cn unless the administrator says another', () => {
    const { groups } = ldapSettings({});
    const filterOf = (nameAttribute: string) =>
      groupFilter(ldapSettings({ groups: { ...groups, filter: 'objectClass=group', nameAttribute } }), 'dev(s)');
    expect(filterOf('')).toBe('(&(objectClass=group)(cn=dev\\28s\\29))');
    expect(filterOf('sAMAccountName')).toBe('(&(objectClass=group)(sAMAccountName=dev\\28s\\29))');
  });
});
