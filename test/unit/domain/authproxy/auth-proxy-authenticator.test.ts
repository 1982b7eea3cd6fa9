import { describe, expect, it } from 'vitest';
import { AuthProxyAuthenticator } from '#domain/authproxy/auth-proxy-authenticator';
import type { AuthProxyClient } from '#domain/authproxy/auth-proxy-client';
import type { AuthProxySettings } from '#domain/authproxy/auth-proxy-settings';

const SETTINGS: AuthProxySettings = {
  endpoint: 'https://proxy.example.com/login',
  tokenReviewEndpoint: 'https://proxy.example.com/review',
  adminGroups: 'wheel',
  adminUsernames: '',
  knowsEveryName: false,
  verifiesCertificate: true,
  serverCertificate: '',
};

/** A proxy that knows ann, whose password is `right` and whose session is `token-of-ann`. */
function createAuthenticator(settings: Partial<AuthProxySettings> = {}) {
  const asked: string[] = [];
  const client: AuthProxyClient = {
    async openSession({ url }, username, password) {
      asked.push(url.href);
      return username === 'ann' && password === 'right' ? 'token-of-ann' : undefined;
    },
    async reviewToken({ url }, token) {
      asked.push(url.href);
      return token === 'token-of-ann' ? { username: 'ann', groups: ['wheel'] } : undefined;
    },
  };
  const authenticator = new AuthProxyAuthenticator({ client, settings: async () => ({ ...SETTINGS, ...settings }) });
  return { authenticator, asked };
}

describe('an auth proxy', () => {
  it('is asked for a session, and whose it is', async () => {
    const { authenticator, asked } = createAuthenticator();
    expect(await authenticator.authenticate('ann', 'right')).toMatchObject({ username: 'ann', isAdministrator: true });
    expect(asked).toEqual(['https://proxy.example.com/login', 'https://proxy.example.com/review']);
  });

  it('is not asked for a review when it refuses the password', async () => {
    const { authenticator, asked } = createAuthenticator();
    expect(await authenticator.authenticate('ann', 'wrong')).toBeUndefined();
    expect(asked).toEqual(['https://proxy.example.com/login']);
  });

  it.each(['a:b', 'a\nb', 'a\r\nX-Evil: 1', 'a\u0000'])('is not asked about %j, which it cannot know', async (name) => {
    const { authenticator, asked } = createAuthenticator();
    expect(await authenticator.authenticate(name, 'right')).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('takes a token only from the user it was given to', async () => {
    const { authenticator } = createAuthenticator();
    expect(await authenticator.authenticateToken('ann', 'token-of-ann')).toMatchObject({ username: 'ann' });
    expect(await authenticator.authenticateToken('bob', 'token-of-ann')).toBeUndefined();
    expect(await authenticator.authenticateToken('ann', 'another')).toBeUndefined();
  });

  it('is not trusted without the certificate that the settings demand', async () => {
    const { authenticator, asked } = createAuthenticator({ serverCertificate: '-----BEGIN CERTIFICATE-----' });
    for (const login of [authenticator.authenticate('ann', 'right'), authenticator.authenticateToken('ann', 't')]) {
      await expect(login).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        message: expect.stringContaining('http_authproxy_server_certificate'),
      });
    }
    expect(asked).toEqual([]);
  });

  it('knows any name that it could be asked about, or none, and is not asked', async () => {
    const skipping = createAuthenticator({ knowsEveryName: true, adminUsernames: 'bob@example.org' });
    expect(await skipping.authenticator.findUser('bob@example.org')).toEqual({
      username: 'bob@example.org',
      email: 'bob@example.org',
      realname: undefined,
      groups: [],
      isAdministrator: false,
    });
    expect(await skipping.authenticator.findUser('a:b')).toBeUndefined();
    const searching = createAuthenticator({ knowsEveryName: false });
    expect(await searching.authenticator.findUser('ann')).toBeUndefined();
    expect([...skipping.asked, ...searching.asked]).toEqual([]);
  });
});
