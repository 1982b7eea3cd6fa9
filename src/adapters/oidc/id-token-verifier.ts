import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Fetch } from '#adapters/oidc/bounded-fetch';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { SIGNATURE_ALGORITHMS } from '#core/signature-algorithms';
import type { OidcClaims } from '#domain/oidc/oidc-identity';

/** How much clocks may differ, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 60;

/** How long keys are remembered, in milliseconds; an unknown key id is looked for again meanwhile, every 30 s. */
const KEYS_TTL_MS = 300_000;
const KEYS_COOLDOWN_MS = 30_000;

export interface IdTokenVerifierDeps {
  readonly issuer: string;
  readonly clientId: string;
  readonly keysUrl: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** Whether an id token is this issuer's, for this client, and good now (OpenID Connect Core 1.0 §3.1.3.7). */
export class IdTokenVerifier {
  readonly #deps: IdTokenVerifierDeps;
  readonly #keys: JWTVerifyGetKey;

  constructor(deps: IdTokenVerifierDeps) {
    this.#deps = deps;
    this.#keys = createRemoteJWKSet(new URL(deps.keysUrl), {
      [customFetch]: (url, init) => deps.fetch(url, { ...init, method: 'GET' }),
      cacheMaxAge: KEYS_TTL_MS,
      cooldownDuration: KEYS_COOLDOWN_MS,
    });
  }

  /** Undefined when the token does not hold; rejects when the keys cannot be had. */
  async verify(token: string): Promise<OidcClaims | undefined> {
    const { issuer, clientId, clock } = this.#deps;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, this.#keys, {
        issuer,
        audience: clientId,
        algorithms: [...SIGNATURE_ALGORITHMS],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(clock.nowMs()),
        requiredClaims: ['sub', 'exp', 'iat'],
      });
      const isForUs = payload['azp'] === undefined || payload['azp'] === clientId;
      return isForUs && isIdToken(protectedHeader.typ) ? payload : undefined;
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
      throw error;
    }
  }
}

/** Access tokens and logout tokens name what they are (RFC 9068 §2.1, OpenID Connect Back-Channel Logout §2.4). */
function isIdToken(type: string | undefined): boolean {
  return type === undefined || type.toUpperCase() === 'JWT';
}
