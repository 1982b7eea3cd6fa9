import type { Claims } from '#domain/federation/claims';

/** Longest token of a workload that is looked at, in characters; GitHub's has about 1,500. */
export const MAX_IDENTITY_TOKEN_LENGTH = 8 * 1_024;
/** Audiences of one token that are looked at. */
export const MAX_AUDIENCES = 10;
/** How much the issuer's clock and ours may differ, in seconds. */
export const IDENTITY_LEEWAY_SECONDS = 30;
/** Age at which a token proves nothing any more, whatever its own `exp` says, in seconds: a day. */
export const MAX_IDENTITY_TOKEN_AGE_SECONDS = 86_400;

/** What a token claims to be, before anybody has looked at its signature. */
export interface UnverifiedIdentity {
  readonly issuer: string;
  /** At most {@link MAX_AUDIENCES}. */
  readonly audiences: readonly string[];
}

/** A token whose signature, issuer, audience and beginning hold. Its end is for the first use to judge. */
export interface IdentityToken {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** SHA-256 of issuer and `jti`, or of the whole token when it has none. */
  readonly fingerprint: string;
  readonly expiresAtMs: number;
  readonly claims: Claims;
}

/** Reading and verifying the OIDC tokens of workloads. */
export interface IdentityTokens {
  /** Undefined for what cannot be a workload's token: another form, a symmetric or no signature. */
  peek(token: string): UnverifiedIdentity | undefined;

  /**
   * Undefined when the token proves nothing; one whose `exp` has passed is still answered. Rejects with
   * SERVICE_UNAVAILABLE when the issuer's keys cannot be had, so that an outage is not mistaken for a forgery.
   */
  verify(token: string, expected: UnverifiedIdentity): Promise<IdentityToken | undefined>;
}
