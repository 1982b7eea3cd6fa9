import { exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { Clock } from '#core/clock';
import { newId } from '#core/ids';

export const ISSUER = 'https://ci.example.com';
export const AUDIENCE = 'registry.test';

interface ProviderKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

/** What a test changes about a token that would be good. */
export interface TokenChanges {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: ProviderKey;
}

/** An OIDC provider of the test's own: its documents are answered by a `fetch` that counts. */
export class IdentityProvider {
  readonly requests: string[] = [];
  /** What is published; a test that rotates keys changes it. */
  keys: readonly JWK[] = [];
  /** Answers instead of the documents, by the end of their address. */
  readonly answers = new Map<string, () => Response | Promise<Response>>();
  readonly #clock: Clock;
  readonly #key: ProviderKey;

  private constructor(clock: Clock, key: ProviderKey) {
    this.#clock = clock;
    this.#key = key;
    this.keys = [key.jwk];
  }

  static async start(clock: Clock): Promise<IdentityProvider> {
    return new IdentityProvider(clock, await IdentityProvider.createKey('first', 'RS256'));
  }

  static async createKey(kid: string, algorithm: string): Promise<ProviderKey> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    return { kid, algorithm, publicKey, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig' } };
  }

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    this.requests.push(url);
    if (init.redirect !== 'manual') throw new Error('would follow redirects');
    const answer = [...this.answers].find(([end]) => url.endsWith(end))?.[1];
    if (answer) return answer();
    if (url === `${ISSUER}/.well-known/openid-configuration`) {
      return Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys` });
    }
    return url === `${ISSUER}/keys` ? Response.json({ keys: this.keys }) : new Response(null, { status: 404 });
  };

  /** A token of a workload, good for five minutes unless the test changes something. */
  async token({ claims = {}, header = {}, key = this.#key }: TokenChanges = {}): Promise<string> {
    const now = Math.floor(this.#clock.nowMs() / 1_000);
    const payload = {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'repo:org/app:ref:refs/heads/main',
      repository: 'org/app',
      iat: now,
      nbf: now,
      exp: now + 300,
      jti: newId(),
      ...claims,
    };
    return new SignJWT(payload as JWTPayload)
      .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: 'JWT', ...header })
      .sign(key.privateKey, { crit: { x: true } });
  }

  /** A token signed by HMAC with what everybody knows of the provider's RSA key. */
  async confusedToken(): Promise<string> {
    const secret = new TextEncoder().encode(await exportSPKI(this.#key.publicKey));
    const { kid } = this.#key;
    return this.token({ header: { alg: 'HS256' }, key: { ...this.#key, kid, privateKey: secret as never } });
  }

  /** A token whose header says that nobody signed it. */
  async unsignedToken(): Promise<string> {
    const [, payload] = (await this.token()).split('.');
    return `${btoa(JSON.stringify({ alg: 'none', kid: this.#key.kid })).replaceAll('=', '')}.${payload}.`;
  }
}
