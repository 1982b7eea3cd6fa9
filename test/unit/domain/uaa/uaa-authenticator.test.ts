import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors';
import { UaaAuthenticator } from '#domain/uaa/uaa-authenticator';
import type { UaaClient, UaaUser, UaaUserInfo } from '#domain/uaa/uaa-client';

const settings = async () => ({
  endpoint: 'uaa.example.com',
  clientId: 'harbor',
  clientSecret: 'secret',
  verifiesCertificate: false,
});

async function noInfo(): Promise<UaaUserInfo> {
  return { name: undefined, email: undefined };
}

function createAuthenticator(userInfo: () => Promise<UaaUserInfo>, users: readonly UaaUser[] = []): UaaAuthenticator {
  const client: UaaClient = {
    passwordGrant: async (_uaa, _username, password) => (password === 'right' ? 'token' : undefined),
    userInfo,
    findUsers: async () => users,
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

describe('a user whom a UAA is asked for', () => {
  const ann: UaaUser = { username: 'Ann', name: 'Ann Example', email: undefined };
  const find = (username: string, ...users: readonly UaaUser[]) =>
    createAuthenticator(noInfo, users).findUser(username);

  it('is told as their login would tell them', async () => {
    const expected = { username: 'Ann', email: undefined, realname: 'Ann Example', groups: [], isAdministrator: false };
    expect(await find('ann ', ann)).toEqual(expected);
    const address = { username: 'bob@example.com', name: undefined, email: undefined };
    expect(await find('bob@example.com', address)).toMatchObject({ email: 'bob@example.com' });
  });

  it('is nobody when there is none, or two, or another', async () => {
    expect(await find('ann')).toBeUndefined();
    expect(await find('ann', ann, { ...ann, username: 'ann' })).toBeUndefined();
    expect(await find('bob', ann)).toBeUndefined();
    expect(await find(' ', ann)).toBeUndefined();
  });
});
