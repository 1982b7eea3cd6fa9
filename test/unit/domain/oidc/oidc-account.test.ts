import { describe, expect, it } from 'vitest';
import { judgeGrant, type OidcAccount } from '#domain/oidc/oidc-account';

const NOW_MS = 1_800_000_000_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

function account(change: { refreshedAgoMs: number; askedAgoMs?: number; token?: string | undefined }): OidcAccount {
  return {
    userId: 2,
    subjectIssuer: 'u1https://id.example',
    sealedSecret: 'sealed',
    sealedRefreshToken: 'token' in change ? change.token : 'sealed',
    refreshedAtMs: NOW_MS - change.refreshedAgoMs,
    createdAtMs: 0,
    updatedAtMs: NOW_MS - (change.askedAgoMs ?? change.refreshedAgoMs),
  };
}

describe("the provider's word for an account", () => {
  it('is taken for five minutes', () => {
    expect(judgeGrant(account({ refreshedAgoMs: 5 * MINUTE_MS - 1 }), NOW_MS)).toBe('good');
    expect(judgeGrant(account({ refreshedAgoMs: 5 * MINUTE_MS }), NOW_MS)).toBe('ask');
  });

  it('is taken for an hour while the provider does not answer, and asked for once a minute', () => {
    expect(judgeGrant(account({ refreshedAgoMs: 59 * MINUTE_MS, askedAgoMs: SECOND_MS }), NOW_MS)).toBe('good');
    expect(judgeGrant(account({ refreshedAgoMs: 59 * MINUTE_MS, askedAgoMs: MINUTE_MS }), NOW_MS)).toBe('ask');
    expect(judgeGrant(account({ refreshedAgoMs: 60 * MINUTE_MS, askedAgoMs: SECOND_MS }), NOW_MS)).toBe('unavailable');
    expect(judgeGrant(account({ refreshedAgoMs: 60 * MINUTE_MS, askedAgoMs: MINUTE_MS }), NOW_MS)).toBe('ask');
  });

  it('is taken for an hour when nobody can ask', () => {
    expect(judgeGrant(account({ refreshedAgoMs: 59 * MINUTE_MS, token: undefined }), NOW_MS)).toBe('good');
    expect(judgeGrant(account({ refreshedAgoMs: 60 * MINUTE_MS, token: undefined }), NOW_MS)).toBe('refused');
  });

  it('is gone once the provider says so', () => {
    const gone = { ...account({ refreshedAgoMs: 0, token: undefined }), refreshedAtMs: 0 };
    expect(judgeGrant(gone, NOW_MS)).toBe('refused');
  });
});
