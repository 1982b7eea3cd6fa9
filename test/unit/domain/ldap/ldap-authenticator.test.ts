import { describe, expect, it, vi } from 'vitest';
import { AppError } from '#core/errors';
import { LdapAuthenticator } from '#domain/ldap/ldap-authenticator';
import type { LdapDirectory } from '#domain/ldap/ldap-directory';
import { ldapSettings } from '#test/support/ldap-settings';

function createAuthenticator() {
  const authenticate = vi.fn<LdapDirectory['authenticate']>();
  const unasked = () => Promise.reject(new Error('not asked here'));
  const directory = {
    authenticate,
    ping: unasked,
    searchUsers: unasked,
    findUsers: unasked,
    searchGroups: unasked,
    findGroup: unasked,
  };
  return { authenticate, logins: new LdapAuthenticator({ directory, settings: async () => ldapSettings({}) }) };
}

describe('a login at a directory', () => {
  it('is who the directory says', async () => {
    const { authenticate, logins } = createAuthenticator();
    authenticate.mockResolvedValue({
      user: { dn: 'cn=a', username: 'alice', email: 'a@x.org', realname: 'Alice', groupDns: ['cn=g,dc=x'] },
      groups: [{ dn: 'cn=g,dc=x', name: 'g' }],
    });
    expect(await logins.authenticate('Alice', 'secret')).toEqual({
      username: 'alice',
      email: 'a@x.org',
      realname: 'Alice',
      groups: [{ type: 1, name: 'g', ldapDn: 'cn=g,dc=x' }],
      isAdministrator: false,
    });
  });

  it('is refused when the directory refuses it', async () => {
    const { authenticate, logins } = createAuthenticator();
    authenticate.mockResolvedValue(undefined);
    expect(await logins.authenticate('alice', 'wrong')).toBeUndefined();
  });

  it.each([
    ['alice', ''],
    ['', 'secret'],
    ['  ', 'secret'],
  ])(
    'as %j with password %j is refused without asking: the directory would let nobody in',
    async (username, password) => {
      const { authenticate, logins } = createAuthenticator();
      expect(await logins.authenticate(username, password)).toBeUndefined();
      expect(authenticate).not.toHaveBeenCalled();
    },
  );

  it('tells an outage and a wrong setting apart from a wrong password, but not from each other', async () => {
    const { authenticate, logins } = createAuthenticator();
    for (const code of ['SERVICE_UNAVAILABLE', 'BAD_REQUEST'] as const) {
      const failure = new AppError(code, { message: 'ldap_search_dn' });
      authenticate.mockRejectedValue(failure);
      await expect(logins.authenticate('alice', 'secret')).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        message: 'the LDAP directory cannot be asked',
        cause: failure,
      });
    }
  });
});
