import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors';
import { UaaAuthenticator } from '#domain/uaa/uaa-authenticator';
import type { UaaClient, UaaUserInfo } from '#domain/uaa/uaa-client';

const settings = async () => ({
  endpoint: 'uaa.example.com',
  clientId: 'harbor',
  clientSecret: 'secret',
  verifiesCertificate: false,
});

function createAuthenticator(userInfo: () => Promise<UaaUserInfo>): UaaAuthenticator {
  const client: UaaClient = {
    passwordGrant: async (_uaa, _username, password) => (password === 'right' ? 'token' : undefined),
    userInfo,
  };
  return new UaaAuthenticator({ client, settings });
}

describe('a UAA', () => {
  it('tells name and address of a user whose password is right', async () => {
    const authenticator = createAuthenticator(async () => ({ name: 'Ann Example', email: 'ann@example.com' }));
    expect(await authenticator.authenticate('ann', 'right')).toEqual({
      username: 'ann',
      email: 'ann@example.com',
      realname: 'Ann Example',
      groups: [],
      isAdministrator: false,
    });
    expect(await authenticator.authenticate('ann', 'wrong')).toBeUndefined();
  });

  it('that cannot tell more of the user has still accepted the password', async () => {
    const authenticator = createAuthenticator(() => Promise.reject(new AppError('SERVICE_UNAVAILABLE')));
    expect(await authenticator.authenticate('ann', 'right')).toMatchObject({ username: 'ann', email: undefined });
    expect(await authenticator.authenticate('ann@example.com', 'right')).toMatchObject({ email: 'ann@example.com' });
  });
});
