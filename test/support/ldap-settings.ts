import type { LdapSettings } from '#domain/ldap/ldap-settings';

/** Settings that work with the entries of `suites/ldap-people.ts`, but for what is given. */
export function ldapSettings(given: Partial<LdapSettings>): LdapSettings {
  return {
    url: 'ldap://directory.test',
    searchDn: 'cn=reader,dc=example,dc=org',
    searchPassword: 'Reader-Pass-1',
    baseDn: 'ou=people,dc=example,dc=org',
    filter: '',
    uidAttribute: 'uid',
    scope: 2,
    timeoutSeconds: 5,
    isCertificateVerified: true,
    groups: {
      baseDn: 'ou=groups,dc=example,dc=org',
      filter: 'objectClass=groupOfNames',
      nameAttribute: 'cn',
      scope: 2,
      adminDn: '',
      membershipAttribute: 'memberof',
      isLookupParallel: false,
    },
    ...given,
  };
}
