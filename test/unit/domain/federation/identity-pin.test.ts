import { describe, expect, it } from 'vitest';
import { newPin } from '#domain/federation/identity-pin';
import type { IdentityToken } from '#domain/federation/identity-token';

const NOW = 1_000_000;
const tokenUntil = (expiresAtMs: number): IdentityToken => ({
  issuer: 'https://issuer.example',
  subject: 's',
  audiences: ['registry'],
  fingerprint: 'f',
  expiresAtMs,
  claims: {},
});

describe('newPin', () => {
  it('is kept until the longest lifetime is over when the token ends before', () => {
    expect(newPin(tokenUntil(NOW + 60_000), NOW).keepUntilMs).toBeGreaterThan(NOW + 3_600_000);
  });

  it('is kept until the token cannot be used for the first time again', () => {
    expect(newPin(tokenUntil(NOW + 7_200_000), NOW).keepUntilMs).toBeGreaterThan(NOW + 7_200_000 + 30_000);
  });

  it('is not kept for longer than a token can be used, whatever its end', () => {
    expect(newPin(tokenUntil(Number.MAX_VALUE), NOW).keepUntilMs).toBeLessThan(NOW + 25 * 3_600_000);
  });
});
