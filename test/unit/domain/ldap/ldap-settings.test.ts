import { describe, expect, it } from 'vitest';
import { parseLdapUrl } from '#domain/ldap/ldap-settings';

describe('ldap_url', () => {
  it.each([
    ['directory.test', { host: 'directory.test', port: 389, isSecure: false }],
    ['ldap://directory.test', { host: 'directory.test', port: 389, isSecure: false }],
    ['ldaps://directory.test/', { host: 'directory.test', port: 636, isSecure: true }],
    ['LDAPS://directory.test:1636', { host: 'directory.test', port: 1636, isSecure: true }],
    ['ldap://directory.test:636', { host: 'directory.test', port: 636, isSecure: true }],
    ['ldap://[::1]:3389', { host: '[::1]', port: 3389, isSecure: false }],
  ])('%s is read', (url, address) => {
    expect(parseLdapUrl(url)).toEqual(address);
  });

  it.each([
    '',
    ' ',
    'http://directory.test',
    'ldap+starttls://directory.test',
    'ldap://',
    'ldap://a b',
    'ldap://a:0',
    'ldap://a:70000',
    'ldap://user@a',
    'ldap://a/dc=x',
  ])('%j is refused', (url) => {
    expect(() => parseLdapUrl(url)).toThrow('ldap_url');
  });
});
