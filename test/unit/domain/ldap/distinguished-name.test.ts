import { describe, expect, it } from 'vitest';
import { isSameDn, isUnderDn, normalizeDn } from '#domain/ldap/distinguished-name';

describe('a distinguished name', () => {
  it.each([
    ['CN=Admins, OU=Groups ,DC=example,DC=org', 'cn=admins,ou=groups,dc=example,dc=org'],
    ['cn = two   words', 'cn=two words'],
    ['cn=b+ou=a,dc=x', 'ou=a+cn=b,dc=x'],
    ['cn=Komma\\, Karl,dc=x', 'cn=komma\\2C karl,dc=x'],
    ['cn=a\\+b', 'cn=a\\2bb'],
    ['cn=zo\\C3\\AB,dc=x', 'cn=Zoë,dc=x'],
    ['cn=x\\ ', 'cn=x'],
    ['2.5.4.3=x', '2.5.4.3=X'],
  ])('means the same entry as %s and as %s', (a, b) => {
    expect(isSameDn(a, b)).toBe(true);
    expect(normalizeDn(normalizeDn(a) ?? '')).toBe(normalizeDn(b));
  });

  it.each([
    ['cn=a,dc=x', 'cn=a,dc=y'],
    ['cn=a,dc=x', 'cn=a'],
    ['cn=a\\,dc=x', 'cn=a,dc=x'],
    ['cn=ab', 'cn=a b'],
    ['cn=a\\+ou=b', 'cn=a+ou=b'],
  ])('%s is not %s', (a, b) => {
    expect(isSameDn(a, b)).toBe(false);
  });

  it.each(['admins', 'cn=a,', ',cn=a', 'cn=a,,dc=x', '=a', 'cn=a\\', 'c_n=a'])('%s is none', (text) => {
    expect(normalizeDn(text)).toBeUndefined();
    expect(isSameDn(text, text)).toBe(false);
  });

  it('lies below its parents and itself, and below nothing that only ends alike', () => {
    expect(isUnderDn('ou=groups,dc=org', 'CN=a, OU=Groups,DC=org')).toBe(true);
    expect(isUnderDn('ou=groups,dc=org', 'ou=groups,dc=org')).toBe(true);
    expect(isUnderDn('', 'cn=a,dc=org')).toBe(true);
    expect(isUnderDn('ou=groups,dc=org', 'cn=a,ou=othergroups,dc=org')).toBe(false);
    expect(isUnderDn('ou=groups,dc=org', 'cn=a\\,ou=groups,dc=org')).toBe(false);
    expect(isUnderDn('cn=a,dc=org', 'dc=org')).toBe(false);
  });
});
