import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import type { Sealer } from '#adapters/crypto/sealer';
import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { type SigningKey, TOKEN_LEEWAY_SECONDS } from '#domain/access/signing-key';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from '#domain/access/token-claims';
import type { TokenCrypto } from '#domain/access/token-crypto';

/** Clients take tokens as opaque text, and ES256 signs three times as fast as Harbor's RS256. */
const ALGORITHM = 'ES256';
/** Imported keys to keep; there are one or two. */
const MAX_IMPORTED_KEYS = 16;
const IMPORTED_TTL_MS = 3_600_000;

type ImportedKey = Awaited<ReturnType<typeof importJWK>>;

/** Token signatures by jose. */
export class JoseTokenCrypto implements TokenCrypto {
  readonly #sealer: Sealer;
  readonly #imported: BoundedCache<ImportedKey>;

  constructor(deps: { readonly sealer: Sealer; readonly clock: Clock }) {
    this.#sealer = deps.sealer;
    this.#imported = new BoundedCache({ maxWeight: MAX_IMPORTED_KEYS, ttlMs: IMPORTED_TTL_MS, clock: deps.clock });
  }

  async createKey(nowMs: number): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const publicJwk = await exportJWK(publicKey);
    return {
      kid: await calculateJwkThumbprint(publicJwk),
      algorithm: ALGORITHM,
      publicJwk: JSON.stringify(publicJwk),
      sealedPrivateJwk: await this.#sealer.seal(JSON.stringify(await exportJWK(privateKey))),
      createdAtMs: nowMs,
      retiredAtMs: undefined,
    };
  }

  async sign(key: SigningKey, claims: Readonly<Record<string, unknown>>): Promise<string | undefined> {
    const privateKey = await this.#import(`private:${key.kid}`, () => this.#sealer.open(key.sealedPrivateJwk));
    if (!privateKey) return undefined;
    const header = { alg: ALGORITHM, typ: 'JWT', kid: key.kid };
    return new SignJWT(claims as JWTPayload).setProtectedHeader(header).sign(privateKey);
  }

  keyIdOf(token: string): string | undefined {
    try {
      return decodeProtectedHeader(token).kid;
    } catch {
      return undefined;
    }
  }

  async verify(key: SigningKey, token: string, nowMs: number): Promise<unknown> {
    const publicKey = await this.#import(`public:${key.kid}`, async () => key.publicJwk);
    if (!publicKey) return undefined;
    try {
      const { payload } = await jwtVerify(token, publicKey, {
        algorithms: [ALGORITHM],
        audience: TOKEN_AUDIENCE,
        issuer: TOKEN_ISSUER,
        clockTolerance: TOKEN_LEEWAY_SECONDS,
        currentDate: new Date(nowMs),
        requiredClaims: ['exp', 'nbf', 'iat'],
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  async #import(cacheKey: string, read: () => Promise<string | undefined>): Promise<ImportedKey | undefined> {
    const known = this.#imported.get(cacheKey);
    if (known) return known;
    const json = await read();
    if (json === undefined) return undefined;
    const key = await importJWK(JSON.parse(json) as JWK, ALGORITHM);
    this.#imported.put(cacheKey, key);
    return key;
  }
}
