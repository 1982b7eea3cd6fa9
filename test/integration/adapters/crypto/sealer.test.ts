import { describe, expect, it } from 'vitest';
import { Sealer } from '#adapters/crypto/sealer';

const secretKey = 'a secret of thirty-two characters or more';
const sealer = new Sealer({ secretKey, purpose: 'tests' });

describe('Sealer', () => {
  it('opens what it sealed', async () => {
    expect(await sealer.open(await sealer.seal('größer'))).toBe('größer');
  });

  it('seals the same text differently each time', async () => {
    expect(await sealer.seal('text')).not.toBe(await sealer.seal('text'));
  });

  it('opens nothing of another secret, of another purpose, altered, or of another form', async () => {
    const sealed = await sealer.seal('text');
    expect(await new Sealer({ secretKey: `${secretKey}!`, purpose: 'tests' }).open(sealed)).toBeUndefined();
    expect(await new Sealer({ secretKey, purpose: 'others' }).open(sealed)).toBeUndefined();
    const [version, nonce, ciphertext = ''] = sealed.split('.');
    const altered = `${ciphertext.startsWith('A') ? 'B' : 'A'}${ciphertext.slice(1)}`;
    for (const other of [`${version}.${nonce}.${altered}`, `v2.${nonce}.${ciphertext}`, 'text', '']) {
      expect(await sealer.open(other)).toBeUndefined();
    }
  });
});
