import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '#domain/configuration/catalog';
import type { LdapDirectory } from '#domain/ldap/ldap-directory';
import { LdapService, type LdapServiceDeps } from '#domain/ldap/ldap-service';

const alice = { dn: 'cn=a,dc=x', username: 'alice', email: undefined, realname: 'Alice', groupDns: [] };
const twins = [alice, { ...alice, dn: 'cn=b,dc=x' }];
const group = { dn: 'cn=g,dc=x', name: 'g' };

function createService(directory: Partial<LdapDirectory>): LdapService {
  const configuration = { current: async () => DEFAULTS };
  return new LdapService({ directory, configuration } as unknown as LdapServiceDeps);
}

describe('somebody who shall become a member', () => {
  it('is the one user who has the name', async () => {
    expect(await createService({ findUsers: async () => [[alice]] }).findUser('ALICE')).toEqual({
      username: 'alice',
      email: undefined,
      realname: 'Alice',
      groups: [],
      isAdministrator: false,
    });
  });

  it('is nobody when none or several have it', async () => {
    expect(await createService({ findUsers: async () => [twins] }).findUser('alice')).toBeUndefined();
    expect(await createService({ findUsers: async () => [[]] }).findUser('alice')).toBeUndefined();
  });
});

describe('a group that shall become a member', () => {
  const directory = { findGroup: async () => group, searchGroups: async () => [group] };

  it('is the one of its distinguished name, or else of its name', async () => {
    const found = { type: 1, name: 'g', ldapDn: group.dn };
    expect(await createService(directory).findGroup({ type: 1, name: 'other', ldapDn: 'CN=g,DC=x' })).toEqual(found);
    expect(await createService(directory).findGroup({ type: 1, name: 'g' })).toEqual(found);
  });

  it('is none when several have the name', async () => {
    const several = createService({ searchGroups: async () => [group, { ...group, dn: 'cn=g,dc=y' }] });
    expect(await several.findGroup({ type: 1, name: 'g' })).toBeUndefined();
  });
});
