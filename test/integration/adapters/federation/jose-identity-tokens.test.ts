import { beforeEach, describe, expect, it } from 'vitest';
import { IssuerDocuments } from '#adapters/federation/issuer-documents';
import { IssuerKeys } from '#adapters/federation/issuer-keys';
import { JoseIdentityTokens } from '#adapters/federation/jose-identity-tokens';
import { TestClock } from '#test/support/harness';
import { AUDIENCE, IdentityProvider, ISSUER, type TokenChanges } from '#test/support/identity-provider';

let clock: TestClock;
let provider: IdentityProvider;
let tokens: JoseIdentityTokens;

beforeEach(async () => {
  clock = new TestClock();
  provider = await IdentityProvider.start(clock);
  const documents = new IssuerDocuments({ fetch: provider.fetch, isLoopbackAllowed: false });
  tokens = new JoseIdentityTokens({ keys: new IssuerKeys({ documents, clock }), clock });
});

const verify = (token: string) => tokens.verify(token, { issuer: ISSUER, audiences: [AUDIENCE] });
const verifyChanged = async (changes: TokenChanges) => verify(await provider.token(changes));
const seconds = (offset: number) => Math.floor(clock.nowMs() / 1_000) + offset;

describe('a workload’s token', () => {
  it('is believed when its issuer signed it for this registry', async () => {
    const token = await provider.token();
    expect(tokens.peek(token)).toEqual({ issuer: ISSUER, audiences: [AUDIENCE] });
    expect(await verify(token)).toMatchObject({
      issuer: ISSUER,
      subject: 'repo:org/app:ref:refs/heads/main',
      audiences: [AUDIENCE],
      claims: { repository: 'org/app' },
    });
  });

  it.each(['RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'])('may be signed by %s', async (algorithm) => {
    const key = await IdentityProvider.createKey('other', algorithm);
    provider.keys = [...provider.keys, key.jwk];
    expect(await verifyChanged({ key })).toBeDefined();
  });

  it('may have no type and no key id', async () => {
    expect(await verifyChanged({ header: { typ: undefined, kid: undefined } })).toBeDefined();
  });

  it('may begin and be made up to 30 s ahead of our clock', async () => {
    expect(await verifyChanged({ claims: { nbf: seconds(25), iat: seconds(25) } })).toBeDefined();
  });

  it('is still told of after its end, for those who have used it before', async () => {
    expect(
      await verifyChanged({ claims: { exp: seconds(-600), iat: seconds(-900), nbf: seconds(-900) } }),
    ).toMatchObject({
      expiresAtMs: seconds(-600) * 1_000,
    });
  });

  it.each<[string, () => TokenChanges]>([
    ['another audience', () => ({ claims: { aud: 'other' } })],
    ['no audience', () => ({ claims: { aud: undefined } })],
    ['eleven audiences', () => ({ claims: { aud: [AUDIENCE, ...Array(10).fill('a')] } })],
    ['another issuer', () => ({ claims: { iss: 'https://other.example.com' } })],
    ['no subject', () => ({ claims: { sub: undefined } })],
    ['no end', () => ({ claims: { exp: undefined } })],
    ['an end that is no number', () => ({ claims: { exp: '9999999999' } })],
    ['a beginning ahead', () => ({ claims: { nbf: seconds(45) } })],
    ['a time of making ahead', () => ({ claims: { iat: seconds(45) } })],
    ['no time of making', () => ({ claims: { iat: undefined } })],
    ['an age of more than a day', () => ({ claims: { iat: seconds(-86_500) } })],
    ['the type of an access token', () => ({ header: { typ: 'at+jwt' } })],
    ['a critical extension nobody knows', () => ({ header: { crit: ['x'], x: 1 } })],
    ['a key id nobody has', () => ({ header: { kid: 'unknown' } })],
    ['more than 8 KiB', () => ({ claims: { filler: 'x'.repeat(8_192) } })],
  ])('is refused with %s', async (_, changes) => {
    expect(await verifyChanged(changes())).toBeUndefined();
  });

  it('is refused when another key than the one it names signed it', async () => {
    const key = await IdentityProvider.createKey('first', 'RS256');
    expect(await verifyChanged({ key })).toBeUndefined();
  });

  it('is refused when it was changed after signing', async () => {
    const [header, , signature] = (await provider.token()).split('.');
    const [, payload] = (await provider.token({ claims: { repository: 'org/other' } })).split('.');
    expect(await verify(`${header}.${payload}.${signature}`)).toBeUndefined();
  });

  it('is refused without a signature, and with one that anybody could make', async () => {
    for (const token of [await provider.unsignedToken(), await provider.confusedToken()]) {
      expect(tokens.peek(token)).toBeUndefined();
      expect(await verify(token)).toBeUndefined();
    }
    expect(provider.requests).toEqual([]);
  });

  it('is refused when a symmetric key is published for it', async () => {
    const secret = new Uint8Array(32).fill(7);
    const k = btoa(String.fromCharCode(...secret)).replaceAll('=', '');
    provider.keys = [{ kty: 'oct', kid: 'shared', alg: 'HS256', k }];
    const key = { ...(await IdentityProvider.createKey('shared', 'RS256')), privateKey: secret as never };
    expect(await verifyChanged({ header: { alg: 'HS256' }, key })).toBeUndefined();
  });

  it.each(['', 'a', 'a.b.c', '....', 'a.b.c.d.e', '{}'])('cannot be %j', async (text) => {
    expect(tokens.peek(text)).toBeUndefined();
    expect(await verify(text)).toBeUndefined();
  });

  it('has the fingerprint of its jti, or else of itself', async () => {
    const fingerprintOf = async (claims: Readonly<Record<string, unknown>>) =>
      (await verifyChanged({ claims }))?.fingerprint;
    expect(await fingerprintOf({ jti: 'a' })).toBe(await fingerprintOf({ jti: 'a', extra: 1 }));
    expect(await fingerprintOf({ jti: 'a' })).not.toBe(await fingerprintOf({ jti: 'b' }));
    expect(await fingerprintOf({ jti: undefined, extra: 1 })).not.toBe(
      await fingerprintOf({ jti: undefined, extra: 2 }),
    );
  });
});

describe('the keys of an issuer', () => {
  it('are fetched once in ten minutes', async () => {
    await verifyChanged({});
    clock.advance(599_000);
    await verifyChanged({});
    expect(provider.requests).toHaveLength(2);
    clock.advance(2_000);
    await verifyChanged({});
    expect(provider.requests).toHaveLength(4);
  });

  it('are fetched again when a new one signs, at most once a minute', async () => {
    await verifyChanged({});
    const [second, third] = [
      await IdentityProvider.createKey('second', 'ES256'),
      await IdentityProvider.createKey('third', 'ES256'),
    ];
    provider.keys = [second.jwk];
    expect(await verifyChanged({ key: second })).toBeDefined();
    expect(provider.requests).toHaveLength(4);
    provider.keys = [third.jwk];
    for (const kid of ['a', 'b', 'third']) expect(await verifyChanged({ header: { kid }, key: third })).toBeUndefined();
    expect(provider.requests).toHaveLength(4);
    clock.advance(60_000);
    expect(await verifyChanged({ key: third })).toBeDefined();
    expect(provider.requests).toHaveLength(6);
  });

  it('that are withdrawn count no more once they are fetched again', async () => {
    await verifyChanged({});
    provider.keys = [(await IdentityProvider.createKey('next', 'ES256')).jwk];
    clock.advance(600_000);
    expect(await verifyChanged({})).toBeUndefined();
  });

  it('are asked for again only after ten seconds when they could not be had', async () => {
    provider.answers.set('/keys', () => new Response(null, { status: 500 }));
    await expect(verifyChanged({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expect(verifyChanged({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(provider.requests).toHaveLength(2);
    provider.answers.clear();
    clock.advance(10_000);
    expect(await verifyChanged({})).toBeDefined();
  });

  it('that are known serve on while the issuer cannot be asked for others', async () => {
    await verifyChanged({});
    provider.answers.set('/openid-configuration', () => new Response(null, { status: 500 }));
    clock.advance(60_000);
    await expect(verifyChanged({ header: { kid: 'new' } })).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await verifyChanged({})).toBeDefined();
  });

  const DISCOVERY = '/openid-configuration';
  it.each<[string, string, () => Response]>([
    [
      'a redirect',
      DISCOVERY,
      () => new Response(null, { status: 302, headers: { location: 'https://b.example.com' } }),
    ],
    ['a redirect of the keys', '/keys', () => new Response(null, { status: 307, headers: { location: '/keys2' } })],
    ['a large discovery document', DISCOVERY, () => new Response(`{"a":"${'x'.repeat(65_536)}"}`)],
    ['a large key set', '/keys', () => new Response(`{"keys":[],"a":"${'x'.repeat(262_144)}"}`)],
    ['65 keys', '/keys', () => Response.json({ keys: Array(65).fill({ kty: 'RSA' }) })],
    ['something else than JSON', DISCOVERY, () => new Response('<html>')],
    ['another issuer’s document', DISCOVERY, () => Response.json({ issuer: `${ISSUER}/`, jwks_uri: `${ISSUER}/keys` })],
    ['keys at a private address', DISCOVERY, () => Response.json({ issuer: ISSUER, jwks_uri: 'https://10.0.0.1/' })],
    ['keys on this machine', DISCOVERY, () => Response.json({ issuer: ISSUER, jwks_uri: 'http://localhost/' })],
    ['keys over HTTP', DISCOVERY, () => Response.json({ issuer: ISSUER, jwks_uri: 'http://ci.example.com/keys' })],
  ])('are not had from %s', async (_, path, answer) => {
    provider.answers.set(path, answer);
    await expect(verifyChanged({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(provider.requests.every((url) => url.startsWith(`${ISSUER}/`))).toBe(true);
  });

  it('that nobody can read are the issuer’s fault', async () => {
    provider.keys = [{ kty: 'RSA', kid: 'first', n: '!', e: 'AQAB' }];
    await expect(verifyChanged({})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('of a private kind are used only by their public half', async () => {
    const { privateKey } = await IdentityProvider.createKey('leaked', 'ES256');
    const { exportJWK } = await import('jose');
    const jwk = await exportJWK(privateKey);
    provider.keys = [{ ...jwk, kid: 'leaked' }];
    const key = { ...(await IdentityProvider.createKey('leaked', 'ES256')), privateKey };
    expect(await verifyChanged({ key })).toBeDefined();
  });
});
