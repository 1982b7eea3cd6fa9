import { type IdentityToken, MAX_IDENTITY_TOKEN_AGE_SECONDS } from '#domain/federation/identity-token';
import { MAX_LIFETIME_SECONDS } from '#domain/federation/trust-rule-draft';

/** When a token was first used: its identities live from then on, however often it is sent again. */
export interface IdentityPin {
  readonly issuer: string;
  readonly fingerprint: string;
  readonly firstUsedAtMs: number;
  /** From then on nobody can use the token any more, and the pin may be forgotten. */
  readonly keepUntilMs: number;
}

/** Longer than any leeway. */
const MARGIN_MS = 120_000;

/** The pin of a token that is used for the first time. */
export function newPin({ issuer, fingerprint, expiresAtMs }: IdentityToken, nowMs: number): IdentityPin {
  const usableForMs = Math.min(expiresAtMs - nowMs, MAX_IDENTITY_TOKEN_AGE_SECONDS * 1_000);
  const keepForMs = Math.max(usableForMs, MAX_LIFETIME_SECONDS * 1_000) + MARGIN_MS;
  return { issuer, fingerprint, firstUsedAtMs: nowMs, keepUntilMs: nowMs + keepForMs };
}
