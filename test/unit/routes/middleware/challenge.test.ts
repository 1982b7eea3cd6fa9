import { describe, expect, it } from 'vitest';
import { ANONYMOUS, type Principal } from '#domain/access/principal';
import { formatChallenge } from '#routes/middleware/challenge';

const user: Principal = {
  kind: 'user',
  userId: 2,
  username: 'u',
  isSystemAdmin: false,
  securityVersion: 1,
  provenBy: 'password',
};
const token: Principal = { kind: 'token', username: '', issuedAtMs: 0, access: [], mayListCatalog: false };
const BEARER = 'Bearer realm="https://hub.example/service/token",service="harbor-registry"';
const BASIC = 'Basic realm="harbor"';

describe('formatChallenge', () => {
  it.each<[string, Principal, string[], string]>([
    ['nothing, on the ping', ANONYMOUS, [], BEARER],
    ['nothing', ANONYMOUS, ['repository:a/b:pull'], `${BEARER},scope="repository:a/b:pull"`],
    [
      'nothing, on a mount',
      ANONYMOUS,
      ['repository:a/b:pull,push', 'repository:c/d:pull'],
      `${BEARER},scope="repository:a/b:pull,push repository:c/d:pull"`,
    ],
    ['nothing, on the catalog', ANONYMOUS, ['registry:catalog:*'], BASIC],
    ['a wrong password', { kind: 'anonymous', presented: 'basic' }, ['repository:a/b:pull'], BASIC],
    ['a password without the right', user, ['repository:a/b:delete'], BASIC],
    [
      'a token that proves nothing',
      { kind: 'anonymous', presented: 'bearer' },
      ['repository:a/b:pull'],
      `${BEARER},scope="repository:a/b:pull",error="invalid_token"`,
    ],
    [
      'a token without the right',
      token,
      ['repository:a/b:pull,push'],
      `${BEARER},scope="repository:a/b:pull,push",error="insufficient_scope"`,
    ],
    [
      'a token without the right, on the catalog',
      token,
      ['registry:catalog:*'],
      `${BEARER},scope="registry:catalog:*",error="insufficient_scope"`,
    ],
  ])('answers who sent %s', (_, principal, scopes, expected) => {
    expect(formatChallenge({ principal, scopes, baseUrl: 'https://hub.example' })).toBe(expected);
  });
});
