import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { IssuerKeys } from '#adapters/federation/issuer-keys';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { SIGNATURE_ALGORITHMS } from '#core/signature-algorithms';
import {
  IDENTITY_LEEWAY_SECONDS,
  type IdentityToken,
  type IdentityTokens,
  MAX_AUDIENCES,
  MAX_IDENTITY_TOKEN_AGE_SECONDS,
  MAX_IDENTITY_TOKEN_LENGTH,
  type UnverifiedIdentity,
} from '#domain/federation/identity-token';

const algorithmSchema = z.enum(SIGNATURE_ALGORITHMS);

const claimsSchema = z.object({
  iss: z.string().min(1).max(512),
  sub: z.string().min(1).max(1_024),
  aud: z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1).max(MAX_AUDIENCES)]),
  exp: z.number(),
  iat: z.number(),
  jti: z.string().min(1).optional(),
});

export interface JoseIdentityTokensDeps {
  readonly keys: Pick<IssuerKeys, 'find'>;
  readonly clock: Clock;
}

/** Workloads' tokens by jose: signed, never encrypted ones. */
export class JoseIdentityTokens implements IdentityTokens {
  readonly #deps: JoseIdentityTokensDeps;

  constructor(deps: JoseIdentityTokensDeps) {
    this.#deps = deps;
  }

  peek(token: string): UnverifiedIdentity | undefined {
    const decoded = decode(token);
    return decoded && { issuer: decoded.claims.iss, audiences: decoded.claims.aud };
  }

  async verify(token: string, expected: UnverifiedIdentity): Promise<IdentityToken | undefined> {
    const decoded = decode(token);
    if (!decoded) return undefined;
    const keySet = await this.#deps.keys.find(expected.issuer, decoded.kid);
    try {
      return toIdentity(token, await verifiedPayload(token, keySet, expected, this.#deps.clock.nowMs()));
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      // What the platform says of a key it cannot read: the issuer's mistake, not the caller's.
      throw new AppError('SERVICE_UNAVAILABLE', { message: 'the issuer of the token has unusable keys', cause: error });
    }
  }
}

async function verifiedPayload(
  token: string,
  keySet: Awaited<ReturnType<IssuerKeys['find']>>,
  { issuer, audiences }: UnverifiedIdentity,
  nowMs: number,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keySet, {
      algorithms: [...SIGNATURE_ALGORITHMS],
      issuer,
      audience: [...audiences],
      clockTolerance: IDENTITY_LEEWAY_SECONDS,
      // Refuses an `iat` that lies ahead, too.
      maxTokenAge: MAX_IDENTITY_TOKEN_AGE_SECONDS,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(nowMs),
    });
    return payload;
  } catch (error) {
    // jose looks at the times last, so everything but the end holds. A token may be sent again after its end; whether
    // it was first used before, the caller knows.
    const isOver = error instanceof errors.JWTExpired && error.claim === 'exp';
    if (isOver) return error.payload;
    throw error;
  }
}

function toIdentity(token: string, payload: JWTPayload): IdentityToken | undefined {
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) return undefined;
  const { iss, sub, aud, exp, jti } = parsed.data;
  const named = jti === undefined ? ['token', token] : ['jti', iss, jti];
  return {
    issuer: iss,
    subject: sub,
    audiences: aud,
    fingerprint: createHash('sha256').update(JSON.stringify(named)).digest('base64url'),
    expiresAtMs: exp * 1_000,
    claims: payload,
  };
}

/** Header and claims as they stand there; undefined for anything that could not be a workload's token. */
function decode(token: string): { kid: string | undefined; claims: z.infer<typeof claimsSchema> } | undefined {
  if (token.length > MAX_IDENTITY_TOKEN_LENGTH) return undefined;
  try {
    const { alg, typ, kid } = decodeProtectedHeader(token);
    // Access tokens, logout tokens and the like have types of their own (RFC 8725 §3.11).
    const isIdToken = typ === undefined || /^(?:application\/)?jwt$/i.test(typ);
    const claims = claimsSchema.safeParse(decodeJwt(token));
    if (!isIdToken || !algorithmSchema.safeParse(alg).success || !claims.success) return undefined;
    return { kid, claims: claims.data };
  } catch {
    return undefined;
  }
}
