import { decodeProtectedHeader } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { JoseTokenCrypto } from '#adapters/crypto/jose-token-crypto';
import { Sealer } from '#adapters/crypto/sealer';
import { D1SigningKeyStore } from '#adapters/d1/signing-key-store';
import { SigningKeyService } from '#domain/access/signing-key-service';
import { TestClock } from '#test/support/harness';
import { testEnv } from '#test/support/server';

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
const store = new D1SigningKeyStore({ db: testEnv.DB });

/** One isolate's service; isolates share the database and the clock. */
function isolate(clock: TestClock, secretKey = 'a secret of thirty-two characters or more') {
  const crypto = new JoseTokenCrypto({ sealer: new Sealer({ secretKey, purpose: 'test' }), clock });
  return new SigningKeyService({ keys: store, crypto, clock });
}

function claimsAt(clock: TestClock) {
  const nowSeconds = Math.floor(clock.nowMs() / 1_000);
  const times = { iat: nowSeconds, nbf: nowSeconds, exp: nowSeconds + 1_800 };
  return { iss: 'harbor-token-issuer', aud: ['harbor-registry'], sub: '', ...times };
}

const keyIdOf = (token: string) => decodeProtectedHeader(token).kid;
const countKeys = () => testEnv.DB.prepare('select count(*) n from signing_keys').first<number>('n');

beforeEach(async () => {
  await testEnv.DB.prepare('delete from signing_keys').run();
});

describe('signing keys', () => {
  it('are one key when isolates race to make the first', async () => {
    const clock = new TestClock();
    const isolates = Array.from({ length: 8 }, () => isolate(clock));
    const tokens = await Promise.all(isolates.map((keys) => keys.sign(claimsAt(clock))));
    expect(new Set(tokens.map(keyIdOf)).size).toBe(1);
    expect(await countKeys()).toBe(1);
    for (const token of tokens) expect(await isolates[0]?.verify(token)).toMatchObject({ sub: '' });
  });

  it('are kept encrypted', async () => {
    const clock = new TestClock();
    await isolate(clock).sign(claimsAt(clock));
    const row = await testEnv.DB.prepare('select * from signing_keys').first<{
      public_jwk: string;
      sealed_private_jwk: string;
    }>();
    expect(JSON.parse(row?.public_jwk ?? '')).toMatchObject({ kty: 'EC', crv: 'P-256' });
    expect(row?.public_jwk).not.toContain('"d"');
    expect(row?.sealed_private_jwk).toMatch(/^v1\.[\w-]+\.[\w-]+$/);
  });

  it('rotate after 90 days, and old tokens stay good until they expire', async () => {
    const clock = new TestClock();
    const keys = isolate(clock);
    const elsewhere = isolate(clock);
    await keys.sign(claimsAt(clock));
    clock.advance(90 * DAY_MS - MINUTE_MS);
    await keys.rotateIfOld(clock.nowMs());
    expect(await countKeys()).toBe(1);
    clock.advance(2 * MINUTE_MS);
    const old = await keys.sign(claimsAt(clock));
    await keys.rotateIfOld(clock.nowMs());
    const next = await keys.sign(claimsAt(clock));
    expect(keyIdOf(next)).not.toBe(keyIdOf(old));
    for (const service of [keys, elsewhere]) {
      expect(await service.verify(old)).toMatchObject({ sub: '' });
      expect(await service.verify(next)).toMatchObject({ sub: '' });
    }
    clock.advance(32 * MINUTE_MS);
    expect(await keys.verify(old)).toBeUndefined();
  });

  it('made elsewhere are found by a token that names them', async () => {
    const clock = new TestClock();
    const keys = isolate(clock);
    const elsewhere = isolate(clock);
    await elsewhere.sign(claimsAt(clock));
    await keys.rotate(clock.nowMs());
    clock.advance(1_000);
    expect(await elsewhere.verify(await keys.sign(claimsAt(clock)))).toMatchObject({ sub: '' });
  });

  it('are one key when isolates race to rotate', async () => {
    const clock = new TestClock();
    const isolates = Array.from({ length: 4 }, () => isolate(clock));
    for (const keys of isolates) await keys.sign(claimsAt(clock));
    await Promise.all(isolates.map((keys) => keys.rotate(clock.nowMs())));
    const inUse = 'select count(*) n from signing_keys where retired_at_ms is null';
    expect(await testEnv.DB.prepare(inUse).first('n')).toBe(1);
    expect(await countKeys()).toBe(2);
  });

  it('are replaced when the secret of the deployment has changed', async () => {
    const clock = new TestClock();
    const old = await isolate(clock).sign(claimsAt(clock));
    const changed = isolate(clock, 'another secret of thirty-two characters');
    const next = await changed.sign(claimsAt(clock));
    expect(keyIdOf(next)).not.toBe(keyIdOf(old));
    expect(await changed.verify(old)).toMatchObject({ sub: '' });
  });
});
