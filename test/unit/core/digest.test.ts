import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestAlgorithm, digestHex, digestOf, parseDigest } from '#core/digest';

describe('parseDigest', () => {
  it('accepts what digestOf makes, for every algorithm', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('sha256' as const, 'sha512' as const), (bytes, algorithm) => {
        const digest = digestOf(bytes, algorithm);
        expect(parseDigest(digest)).toBe(digest);
        expect(`${digestAlgorithm(digest)}:${digestHex(digest)}`).toBe(digest);
      }),
    );
  });

  it.each([
    '',
    'sha256',
    'sha256:',
    'sha256:abc',
    `sha256:${'A'.repeat(64)}`,
    `md5:${'a'.repeat(32)}`,
    `sha256:${'a'.repeat(65)}`,
    `__proto__:${'a'.repeat(64)}`,
  ])('refuses %s', (text) => {
    expect(parseDigest(text)).toBeUndefined();
  });
});
