import type { JSONWebKeySet, JWK } from 'jose';
import { z } from 'zod';
import { readBoundedText } from '#core/bounded-text';
import { AppError } from '#core/errors';
import { discoveryUrl, type IssuerUrlOptions, issuerUrlProblem } from '#domain/federation/issuer-url';

/** For both documents together, in milliseconds. */
const TIMEOUT_MS = 5_000;
const MAX_DISCOVERY_BYTES = 64 * 1_024;
const MAX_JWKS_BYTES = 256 * 1_024;
/** Keys that one issuer may have; GitHub has about six. */
const MAX_KEYS = 64;

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.string() });

/** Only the public halves of asymmetric keys: no `k`, no `d`, and nothing that refers elsewhere. */
const keySchema = z.object({
  kty: z.enum(['RSA', 'EC', 'OKP']),
  kid: z.string().max(256).optional(),
  alg: z.string().optional(),
  use: z.literal('sig').optional(),
  key_ops: z.array(z.string()).optional(),
  crv: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
});
const jwksSchema = z.object({ keys: z.array(z.unknown()).max(MAX_KEYS) });

export interface IssuerDocumentsDeps extends IssuerUrlOptions {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** What issuers publish about themselves, fetched within bounds. */
export class IssuerDocuments {
  readonly #deps: IssuerDocumentsDeps;

  constructor(deps: IssuerDocumentsDeps) {
    this.#deps = deps;
  }

  /** The issuer's public keys for signatures. Rejects with SERVICE_UNAVAILABLE; the cause says what was wrong. */
  async fetchKeys(issuer: string): Promise<JSONWebKeySet> {
    try {
      return await this.#fetchKeys(issuer);
    } catch (cause) {
      const message = 'the issuer of the token cannot be asked for its keys';
      throw new AppError('SERVICE_UNAVAILABLE', { message, cause, retryAfterSeconds: 10 });
    }
  }

  async #fetchKeys(issuer: string): Promise<JSONWebKeySet> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const discovery = discoverySchema.parse(await this.#getJson(discoveryUrl(issuer), MAX_DISCOVERY_BYTES, signal));
    // OpenID Connect Discovery 1.0 §4.3: who answers must be who was asked.
    if (discovery.issuer !== issuer) throw new Error('the discovery document is of another issuer');
    const { keys } = jwksSchema.parse(await this.#getJson(discovery.jwks_uri, MAX_JWKS_BYTES, signal));
    return {
      keys: keys.flatMap((key) => {
        const parsed = keySchema.safeParse(key);
        return parsed.success ? [parsed.data as JWK] : [];
      }),
    };
  }

  async #getJson(url: string, maxBytes: number, signal: AbortSignal): Promise<unknown> {
    const problem = issuerUrlProblem(url, this.#deps);
    if (problem) throw new Error(`the address ${problem}`);
    // A redirect could lead anywhere, so it is an answer like any other that is not 200.
    const response = await this.#deps.fetch(url, {
      redirect: 'manual',
      // What a cache on the way remembers may be older than we promise.
      cache: 'no-store',
      signal,
      headers: { accept: 'application/json' },
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`answered ${response.status}`);
    }
    return JSON.parse(await readBoundedText(response.body, maxBytes));
  }
}
