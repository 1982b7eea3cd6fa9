import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { IssuerDocuments } from '#adapters/federation/issuer-documents';
import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';

/** How long an isolate goes by an issuer's keys: a key that the issuer withdraws is refused within this time. */
const KEYS_TTL_MS = 600_000;
/** How often unknown key ids may make an isolate ask an issuer again. */
const MIN_REFETCH_INTERVAL_MS = 60_000;
/** How long an issuer that could not be asked is left alone. */
const FAILURE_TTL_MS = 10_000;
const MAX_ISSUERS = 100;

type KeySet = ReturnType<typeof createLocalJWKSet>;

interface KnownKeys {
  readonly keySet: KeySet;
  readonly kids: ReadonlySet<string>;
}

export interface IssuerKeysDeps {
  readonly documents: Pick<IssuerDocuments, 'fetchKeys'>;
  readonly clock: Clock;
}

/** The keys of issuers, remembered within bounds. */
export class IssuerKeys {
  readonly #deps: IssuerKeysDeps;
  readonly #known: BoundedCache<KnownKeys>;
  readonly #refetched: BoundedCache<true>;
  readonly #failed: BoundedCache<true>;

  constructor(deps: IssuerKeysDeps) {
    this.#deps = deps;
    this.#known = new BoundedCache({ maxWeight: MAX_ISSUERS, ttlMs: KEYS_TTL_MS, clock: deps.clock });
    this.#refetched = new BoundedCache({ maxWeight: MAX_ISSUERS, ttlMs: MIN_REFETCH_INTERVAL_MS, clock: deps.clock });
    this.#failed = new BoundedCache({ maxWeight: MAX_ISSUERS, ttlMs: FAILURE_TTL_MS, clock: deps.clock });
  }

  /** The keys among which the one of a token is; asks the issuer again when `kid` is new, once a minute. */
  async find(issuer: string, kid: string | undefined): Promise<KeySet> {
    const known = this.#known.get(issuer);
    if (!known) return this.#ask(issuer);
    if (kid === undefined || known.kids.has(kid) || this.#refetched.get(issuer)) return known.keySet;
    // Noted before the answer, so that forged key ids cannot make many questions out of one.
    this.#refetched.put(issuer, true);
    return this.#ask(issuer);
  }

  async #ask(issuer: string): Promise<KeySet> {
    if (this.#failed.get(issuer)) throw new AppError('SERVICE_UNAVAILABLE', { retryAfterSeconds: 10 });
    try {
      const keys = await this.#deps.documents.fetchKeys(issuer);
      const keySet = createLocalJWKSet(keys);
      this.#known.put(issuer, { keySet, kids: kidsOf(keys) });
      return keySet;
    } catch (error) {
      this.#failed.put(issuer, true);
      throw error;
    }
  }
}

function kidsOf({ keys }: JSONWebKeySet): ReadonlySet<string> {
  return new Set(keys.flatMap((key) => key.kid ?? []));
}
