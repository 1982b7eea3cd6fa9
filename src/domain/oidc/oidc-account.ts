/** What an account has from its OIDC provider. */
export interface OidcAccount {
  readonly userId: number;
  /** `OidcIdentity.subjectIssuer`. */
  readonly subjectIssuer: string;
  /** The CLI secret: stands for the password where only a password will do. */
  readonly sealedSecret: string;
  /** Undefined when the provider gave none, or has said that it is void. */
  readonly sealedRefreshToken: string | undefined;
  /** When the provider last vouched for the account; 0 when it said that it does not any more. */
  readonly refreshedAtMs: number;
  readonly createdAtMs: number;
  /** When the row last changed; asking the provider changes it first. */
  readonly updatedAtMs: number;
}

/** For how long a provider's word is taken, in milliseconds: whoever it removes loses the CLI secret's access then. */
const TRUST_MS = 300_000;
/** How long nobody asks again after somebody has, in milliseconds: long enough for the answer to come. */
const ASKED_MS = 60_000;
/** For how long an older word is taken while the provider cannot be asked, in milliseconds: an hour. */
const GRACE_MS = 3_600_000;

/** `ask` the provider; `unavailable`: it must be asked but was, a moment ago, in vain. */
export type GrantVerdict = 'good' | 'ask' | 'refused' | 'unavailable';

/**
 * Whether the provider's word still covers an account. Without a refresh token nobody can ask, and the word holds for
 * the time of an usual id token (Harbor's secret ends with the id token then).
 */
export function judgeGrant(account: OidcAccount, nowMs: number): GrantVerdict {
  const ageMs = nowMs - account.refreshedAtMs;
  if (ageMs < TRUST_MS) return 'good';
  if (account.sealedRefreshToken === undefined) return isInGrace(account, nowMs) ? 'good' : 'refused';
  if (nowMs - account.updatedAtMs >= ASKED_MS) return 'ask';
  return isInGrace(account, nowMs) ? 'good' : 'unavailable';
}

/** Whether an account may go on while the provider has no answer. */
export function isInGrace({ refreshedAtMs }: OidcAccount, nowMs: number): boolean {
  return nowMs - refreshedAtMs < GRACE_MS;
}
