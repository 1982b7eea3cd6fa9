import { describe, expect, it } from 'vitest';
import { OpenidOidcClient } from '#adapters/oidc/openid-oidc-client';
import type { OidcSettings } from '#domain/oidc/oidc-settings';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  FakeOidcProvider,
  type IdTokenOptions,
  ISSUER,
} from '#test/support/fake-oidc-provider';
import { TestClock } from '#test/support/harness';

const SETTINGS: OidcSettings = {
  name: 'id',
  endpoint: ISSUER,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  scopes: ['openid', 'offline_access'],
  userClaim: '',
  groupsClaim: 'groups',
  adminGroup: '',
  groupFilter: '',
  verifyCertificate: true,
  autoOnboard: false,
  extraRedirectParameters: { hd: 'example' },
  isLogoutShared: true,
};
const REDIRECT_URI = 'https://registry.example/c/oidc/callback';
const SECRETS = { state: 'the state', nonce: 'the nonce', codeVerifier: 'v'.repeat(43) };

function setUp() {
  const provider = new FakeOidcProvider();
  const clock = new TestClock();
  const client = new OpenidOidcClient({ clock, fetch: provider.fetch });
  async function exchange(change: { secrets?: Partial<typeof SECRETS>; parameters?: Record<string, string> } = {}) {
    const parameters = provider.authorize(await client.authorizationUrl(SETTINGS, REDIRECT_URI, SECRETS));
    const answer = { redirectUri: REDIRECT_URI, parameters: { ...parameters, ...change.parameters } };
    return client.exchange(SETTINGS, answer, { ...SECRETS, ...change.secrets });
  }
  return { provider, clock, client, exchange };
}

describe('the address of the login page', () => {
  it('carries state, nonce and the hash of the verifier', async () => {
    const url = new URL(await setUp().client.authorizationUrl(SETTINGS, REDIRECT_URI, SECRETS));
    expect(url.origin + url.pathname).toBe(`${ISSUER}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: CLIENT_ID,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid offline_access',
      state: 'the state',
      nonce: 'the nonce',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      prompt: 'consent',
      hd: 'example',
    });
    expect(url.href).not.toContain(SECRETS.codeVerifier);
  });
});

describe('the exchange of a code', () => {
  it('gives the claims of the id token and of the userinfo endpoint', async () => {
    const { provider, exchange } = setUp();
    provider.user = { ...provider.user, groups: ['dev'] };
    const { claims, idToken, refreshToken } = await exchange();
    expect(claims).toMatchObject({ iss: ISSUER, sub: 'u1', name: 'Ada Lovelace', groups: ['dev'] });
    expect(idToken.split('.')).toHaveLength(3);
    expect(refreshToken).toMatch(/^refresh-/);
  });

  it('goes by the id token alone when the userinfo endpoint does not answer', async () => {
    const { provider, exchange } = setUp();
    provider.broken.set('/userinfo', () => new Response('', { status: 500 }));
    expect((await exchange()).claims).toMatchObject({ sub: 'u1', name: 'Ada Lovelace' });
  });

  it('is refused when the userinfo endpoint tells of somebody else', async () => {
    const { provider, exchange } = setUp();
    provider.broken.set('/userinfo', () => Response.json({ sub: 'u2' }));
    await expect(exchange()).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it.each([
    ['another state', { parameters: { state: 'another' } }],
    ['another nonce', { secrets: { nonce: 'another' } }],
    ['another verifier', { secrets: { codeVerifier: 'w'.repeat(43) } }],
    ['an unknown code', { parameters: { code: 'unknown' } }],
    ['an answer of another issuer', { parameters: { iss: 'https://evil.example' } }],
  ])('is refused with %s', async (_, change) => {
    await expect(setUp().exchange(change)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it.each(['none', 'hmac-of-public-key', 'stranger'] as const)(
    'is refused with an id token signed by %s',
    async (how) => {
      const { provider, exchange } = setUp();
      provider.forgeIdToken = (nonce) => provider.forgedIdToken(how, nonce);
      await expect(exchange()).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    },
  );

  it.each<[string, IdTokenOptions]>([
    ['for another client', { audience: 'another' }],
    ['of another issuer', { issuer: 'https://evil.example' }],
    ['that has expired', { expiresIn: -120 }],
    ['that is not good yet', { notBeforeIn: 120 }],
  ])('is refused with an id token %s', async (_, options) => {
    const { provider, exchange } = setUp();
    provider.forgeIdToken = (nonce) => provider.idToken({ ...options, claims: { nonce } });
    await expect(exchange()).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('takes clocks that differ by less than a minute', async () => {
    const { provider, exchange } = setUp();
    provider.forgeIdToken = (nonce) => provider.idToken({ expiresIn: -30, claims: { nonce } });
    expect((await exchange()).claims).toMatchObject({ sub: 'u1' });
  });

  it('says that the provider cannot be reached when it has no answer', async () => {
    const { provider, exchange } = setUp();
    provider.broken.set('/token', () => Promise.reject(new TypeError('connection refused')));
    await expect(exchange()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});

describe('an id token as a bearer token', () => {
  it('is good when the provider made it for this client', async () => {
    const { provider, client } = setUp();
    expect(await client.verifyIdToken(SETTINGS, await provider.idToken())).toMatchObject({ sub: 'u1', iss: ISSUER });
  });

  it.each<[string, IdTokenOptions]>([
    ['for another client', { audience: 'another' }],
    [
      'for us among others, but given to another client',
      { audience: [CLIENT_ID, 'another'], claims: { azp: 'another' } },
    ],
    ['of another issuer', { issuer: 'https://evil.example' }],
    ['of an issuer that differs by a slash', { issuer: `${ISSUER}/` }],
    ['that has expired', { expiresIn: -120 }],
    ['that is not good yet', { notBeforeIn: 120 }],
    ['that is an access token', { type: 'at+jwt' }],
    ['that is a logout token', { type: 'logout+jwt' }],
  ])('proves nothing %s', async (_, options) => {
    const { provider, client } = setUp();
    expect(await client.verifyIdToken(SETTINGS, await provider.idToken(options))).toBeUndefined();
  });

  it.each(['none', 'hmac-of-public-key', 'stranger'] as const)('proves nothing signed by %s', async (how) => {
    const { provider, client } = setUp();
    expect(await client.verifyIdToken(SETTINGS, await provider.forgedIdToken(how))).toBeUndefined();
  });

  it.each(['', 'x', 'a.b.c', 'a'.repeat(20_000)])('proves nothing when it is none (%#)', async (token) => {
    expect(await setUp().client.verifyIdToken(SETTINGS, token)).toBeUndefined();
  });

  it('rejects when the keys cannot be had', async () => {
    const { provider, client } = setUp();
    provider.broken.set('/jwks', () => new Response('', { status: 503 }));
    const token = await provider.idToken();
    await expect(client.verifyIdToken(SETTINGS, token)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});

describe('a refresh', () => {
  it('gives a new token and new claims', async () => {
    const { provider, client, exchange } = setUp();
    const { refreshToken = '' } = await exchange();
    provider.user = { ...provider.user, groups: ['ops'] };
    const outcome = await client.refresh(SETTINGS, refreshToken, `u1${ISSUER}`);
    expect(outcome).toMatchObject({ kind: 'good', claims: { groups: ['ops'] } });
    expect(outcome).not.toMatchObject({ refreshToken });
  });

  it('tells no claims when the userinfo endpoint does not answer', async () => {
    const { provider, client, exchange } = setUp();
    const { refreshToken = '' } = await exchange();
    provider.broken.set('/userinfo', () => new Response('', { status: 500 }));
    const outcome = await client.refresh(SETTINGS, refreshToken, `u1${ISSUER}`);
    expect(outcome).toMatchObject({ kind: 'good', claims: undefined });
  });

  it('is void when the provider says so', async () => {
    const outcome = await setUp().client.refresh(SETTINGS, 'unknown', `u1${ISSUER}`);
    expect(outcome).toEqual({ kind: 'void' });
  });

  it('is void when the answer is about somebody else', async () => {
    const { client, exchange } = setUp();
    const { refreshToken = '' } = await exchange();
    expect(await client.refresh(SETTINGS, refreshToken, `u2${ISSUER}`)).toEqual({ kind: 'void' });
  });

  it('is void at a provider that is not the one the token is from, which never sees it', async () => {
    const { provider, client, exchange } = setUp();
    const { refreshToken = '' } = await exchange();
    const before = provider.requests.length;
    expect(await client.refresh(SETTINGS, refreshToken, 'u1https://old.example')).toEqual({ kind: 'void' });
    expect(provider.requests.slice(before)).toEqual([]);
  });

  it.each([
    ['is out of order', () => new Response('', { status: 502 })],
    ['asks to wait', () => new Response('', { status: 429 })],
    ['does not know this client any more', () => Response.json({ error: 'invalid_client' }, { status: 401 })],
  ])('is unknown while the provider %s', async (_, answer) => {
    const { provider, client, exchange } = setUp();
    const { refreshToken = '' } = await exchange();
    provider.broken.set('/token', answer);
    expect(await client.refresh(SETTINGS, refreshToken, `u1${ISSUER}`)).toMatchObject({ kind: 'unknown' });
  });
});

describe('a provider', () => {
  it('is discovered once in five minutes', async () => {
    const { provider, clock, client } = setUp();
    const discoveries = () => provider.requests.filter((path) => path.endsWith('openid-configuration')).length;
    await client.verifyIdToken(SETTINGS, await provider.idToken());
    await client.verifyIdToken(SETTINGS, await provider.idToken());
    expect(discoveries()).toBe(1);
    clock.advance(300_000);
    await client.verifyIdToken(SETTINGS, await provider.idToken());
    expect(discoveries()).toBe(2);
  });

  it('that did not answer is left alone for five seconds', async () => {
    const { provider, clock, client } = setUp();
    provider.broken.set('/.well-known/openid-configuration', () => new Response('', { status: 503 }));
    const ask = () => client.verifyIdToken(SETTINGS, 'a.b.c');
    await expect(ask()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expect(ask()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(provider.requests).toHaveLength(1);
    clock.advance(5_000);
    await expect(ask()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(provider.requests).toHaveLength(2);
  });

  it.each([
    ['redirects', () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
    [
      'names another issuer',
      () => Response.json({ issuer: 'https://evil.example', jwks_uri: 'https://evil.example/' }),
    ],
    ['answers more than a mebibyte', () => Response.json({ issuer: ISSUER, padding: 'x'.repeat(2 ** 20) })],
    ['answers no JSON', () => new Response('<html>')],
    ['names no keys', () => Response.json({ issuer: ISSUER })],
  ])('that %s is none', async (_, answer) => {
    const { provider, client } = setUp();
    provider.broken.set('/.well-known/openid-configuration', answer);
    await expect(client.ping(SETTINGS)).rejects.toThrow();
    expect(provider.requests).toHaveLength(1);
  });

  it('answers a ping', async () => {
    const { provider, client } = setUp();
    await client.ping({ endpoint: ISSUER, verifyCertificate: true });
    expect(provider.requests).toEqual(['/.well-known/openid-configuration']);
  });

  it.each([
    ['http', { endpoint: 'http://id.example' }],
    ['no certificate check', { verifyCertificate: false }],
    ['the document for an issuer', { endpoint: `${ISSUER}/.well-known/openid-configuration` }],
    ['a password in its address', { endpoint: 'https://user:secret@id.example' }],
    ['no address', { endpoint: '' }],
  ])('is refused with %s, and nothing is asked', async (_, change) => {
    const { provider, client } = setUp();
    const refusal = await client.ping({ ...SETTINGS, ...change }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'PRECONDITION' });
    expect(provider.requests).toEqual([]);
  });

  it('may be reached by http on this machine alone, where the deployment says so', async () => {
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      return Response.json({ issuer: 'http://127.0.0.1:1234', jwks_uri: 'http://127.0.0.1:1234/jwks' });
    };
    const client = new OpenidOidcClient({ clock: new TestClock(), isLoopbackAllowed: true, fetch });
    await client.ping({ endpoint: 'http://127.0.0.1:1234', verifyCertificate: true });
    await expect(client.ping({ endpoint: 'http://id.example', verifyCertificate: true })).rejects.toMatchObject({
      code: 'PRECONDITION',
    });
    expect(asked).toEqual(['http://127.0.0.1:1234/.well-known/openid-configuration']);
  });

  it('says where to log out', async () => {
    const url = await setUp().client.endSessionUrl(SETTINGS, 'an id token', 'https://registry.example/account/sign-in');
    const query = new URL(url ?? '').searchParams;
    expect(url?.startsWith(`${ISSUER}/logout?`)).toBe(true);
    expect(query.get('id_token_hint')).toBe('an id token');
    expect(query.get('post_logout_redirect_uri')).toBe('https://registry.example/account/sign-in');
  });

  it('revokes a refresh token', async () => {
    const { provider, client } = setUp();
    await client.revoke(SETTINGS, 'refresh-1', `u1${ISSUER}`);
    await client.revoke(SETTINGS, 'refresh-of-another-provider', 'u1https://old.example');
    expect(provider.revoked).toEqual(['refresh-1']);
  });
});
