/** A key pair that signs registry tokens. */
export interface SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  readonly algorithm: string;
  /** JWK, JSON. */
  readonly publicJwk: string;
  /** JWK, JSON, sealed by the deployment's secret. */
  readonly sealedPrivateJwk: string;
  readonly createdAtMs: number;
  /** Since when it signs no more; it still verifies until its last token has expired. */
  readonly retiredAtMs: number | undefined;
}

/** How long a token is good for at most, in seconds, whatever `token_expiration` says: a day. */
export const MAX_TOKEN_TTL_SECONDS = 86_400;

/** How much clocks may differ when a token is judged, in seconds; Harbor's. */
export const TOKEN_LEEWAY_SECONDS = 60;

/** How long an isolate goes by what it knows of the keys, in milliseconds. */
export const KEYS_TTL_MS = 60_000;

/** How long a retired key verifies: an isolate may sign with it until its memory of the keys runs out. */
export const VERIFY_AFTER_RETIREMENT_MS = KEYS_TTL_MS + (MAX_TOKEN_TTL_SECONDS + TOKEN_LEEWAY_SECONDS) * 1_000;

/** Age at which the cron tick replaces a key, in milliseconds: 90 days. */
export const ROTATE_AFTER_MS = 90 * 24 * 3_600_000;
