import { describe, expect, it } from 'vitest';
import { LdapEntry } from '#domain/ldap/ldap-entry';
import { candidateGroupDns } from '#domain/ldap/ldap-group';
import { toExternalIdentity, toLdapUser } from '#domain/ldap/ldap-user';
import { ldapSettings } from '#test/support/ldap-settings';

function entryOf(attributes: Readonly<Record<string, readonly string[]>>): LdapEntry {
  return new LdapEntry('cn=a,dc=example,dc=org', Object.entries(attributes));
}

describe('the user an entry is', () => {
  it('has its login name, address, real name and groups, whatever the case of the attributes', () => {
    const entry = entryOf({ UID: [' alice '], CN: ['Alice'], Mail: ['a@x.org'], memberOf: ['cn=g,dc=x', ''] });
    expect(toLdapUser(entry, ldapSettings({}))).toEqual({
      dn: 'cn=a,dc=example,dc=org',
      username: 'alice',
      realname: 'Alice',
      email: 'a@x.org',
      groupDns: ['cn=g,dc=x'],
    });
  });

  it('is called by the attribute of the settings, which then is not the real name too', () => {
    const settings = ldapSettings({ uidAttribute: 'cn' });
    expect(toLdapUser(entryOf({ cn: ['Alice'], uid: ['u1'] }), settings)).toMatchObject({
      username: 'Alice',
      realname: 'u1',
    });
    expect(toLdapUser(entryOf({ cn: ['Alice'] }), settings)?.realname).toBeUndefined();
  });

  it('has an address in `email`, or in a login name that is one', () => {
    expect(toLdapUser(entryOf({ uid: ['a'], email: ['e@x.org'] }), ldapSettings({}))?.email).toBe('e@x.org');
    expect(toLdapUser(entryOf({ uid: ['a@x.org'] }), ldapSettings({}))?.email).toBe('a@x.org');
    expect(toLdapUser(entryOf({ uid: ['a'] }), ldapSettings({}))?.email).toBeUndefined();
  });

  it('has the groups that Active Directory answers in ranges', () => {
    const entry = entryOf({ uid: ['a'], 'memberOf;range=0-1499': ['cn=g,dc=x'] });
    expect(toLdapUser(entry, ldapSettings({}))?.groupDns).toEqual(['cn=g,dc=x']);
  });

  it('is nobody without a login name', () => {
    expect(toLdapUser(entryOf({ cn: ['Alice'], uid: [' '] }), ldapSettings({}))).toBeUndefined();
  });
});

describe('an administrator', () => {
  const identityWith = (adminDn: string) => {
    const settings = ldapSettings({});
    const user = {
      dn: 'cn=a',
      username: 'a',
      email: undefined,
      realname: undefined,
      groupDns: ['cn=Admins,dc=x', 'odd'],
    };
    return toExternalIdentity({ user, groups: [] }, { ...settings, groups: { ...settings.groups, adminDn } });
  };

  it('is a member of the administrators’ group, however its name is written', () => {
    expect(identityWith(' CN=admins, DC=x ').isAdministrator).toBe(true);
    expect(identityWith('cn=others,dc=x').isAdministrator).toBe(false);
  });

  it('is nobody while no such group is set', () => {
    expect(identityWith('').isAdministrator).toBe(false);
    expect(identityWith('odd').isAdministrator).toBe(false);
  });
});

describe('the groups of a user that are looked up', () => {
  const settings = ldapSettings({});
  const dns = ['cn=a,ou=groups,dc=example,dc=org', 'cn=b,ou=elsewhere,dc=example,dc=org', 'odd'];

  it('are those below the groups’ base', () => {
    expect(candidateGroupDns(dns, settings)).toEqual([dns[0]]);
  });

  it('are none without a filter that says what a group is', () => {
    expect(candidateGroupDns(dns, { ...settings, groups: { ...settings.groups, filter: ' ' } })).toEqual([]);
  });
});
