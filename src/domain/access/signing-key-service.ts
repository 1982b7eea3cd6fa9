import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { KEYS_TTL_MS, ROTATE_AFTER_MS, type SigningKey, VERIFY_AFTER_RETIREMENT_MS } from '#domain/access/signing-key';
import type { SigningKeyStore } from '#domain/access/signing-key-store';
import type { TokenCrypto } from '#domain/access/token-crypto';

/** How often tokens with an unknown key id may make an isolate look for new keys, in milliseconds. */
const MIN_RELOAD_INTERVAL_MS = 1_000;

export interface SigningKeyServiceDeps {
  readonly keys: SigningKeyStore;
  readonly crypto: TokenCrypto;
  readonly clock: Clock;
}

/** The keys of registry tokens: one in use, and retired ones until their last token has expired. */
export class SigningKeyService {
  readonly #deps: SigningKeyServiceDeps;
  #known: { readonly keys: readonly SigningKey[]; readonly atMs: number } | undefined;

  constructor(deps: SigningKeyServiceDeps) {
    this.#deps = deps;
  }

  /** Signs with the key in use; makes the first one. */
  async sign(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const key = await this.#keyInUse();
    const token = await this.#deps.crypto.sign(key, claims);
    if (token !== undefined) return token;
    // The deployment's secret has changed since: nobody can sign with that key again.
    const replacement = await this.#replace(key, this.#deps.clock.nowMs());
    const resigned = await this.#deps.crypto.sign(replacement, claims);
    if (resigned === undefined) throw new AppError('SERVICE_UNAVAILABLE', { retryAfterSeconds: KEYS_TTL_MS / 1_000 });
    return resigned;
  }

  /** The claims of a token that one of the keys signed; undefined when none did or its time is up. */
  async verify(token: string): Promise<unknown> {
    const { crypto, clock } = this.#deps;
    const kid = crypto.keyIdOf(token);
    if (kid === undefined) return undefined;
    const key = findKey(await this.#list(KEYS_TTL_MS), kid) ?? findKey(await this.#list(MIN_RELOAD_INTERVAL_MS), kid);
    return key && crypto.verify(key, token, clock.nowMs());
  }

  /** Replaces the key in use once it is 90 days old; the cron tick calls this. */
  async rotateIfOld(nowMs: number): Promise<void> {
    const key = findKeyInUse(await this.#list(KEYS_TTL_MS));
    if (key && key.createdAtMs <= nowMs - ROTATE_AFTER_MS) await this.#replace(key, nowMs);
  }

  /** Replaces the key in use at once, as after a leak of the database. Tokens it signed stay good until they expire. */
  async rotate(nowMs: number): Promise<void> {
    await this.#replace(await this.#keyInUse(), nowMs);
  }

  async #keyInUse(): Promise<SigningKey> {
    const known = findKeyInUse(await this.#list(KEYS_TTL_MS));
    if (known) return known;
    const { keys, crypto, clock } = this.#deps;
    await keys.insertIfNoneInUse(await crypto.createKey(clock.nowMs()));
    return this.#reloadKeyInUse();
  }

  async #replace(key: SigningKey, nowMs: number): Promise<SigningKey> {
    await this.#deps.keys.replace(key.kid, await this.#deps.crypto.createKey(nowMs));
    return this.#reloadKeyInUse();
  }

  async #reloadKeyInUse(): Promise<SigningKey> {
    const key = findKeyInUse(await this.#list(0));
    if (!key) throw new AppError('SERVICE_UNAVAILABLE', { retryAfterSeconds: 1 });
    return key;
  }

  /** The keys as they stood at most `maxAgeMs` ago. */
  async #list(maxAgeMs: number): Promise<readonly SigningKey[]> {
    const nowMs = this.#deps.clock.nowMs();
    if (this.#known && nowMs - this.#known.atMs < maxAgeMs) return this.#known.keys;
    const keys = await this.#deps.keys.list(nowMs - VERIFY_AFTER_RETIREMENT_MS);
    this.#known = { keys, atMs: nowMs };
    return keys;
  }
}

function findKey(keys: readonly SigningKey[], kid: string): SigningKey | undefined {
  return keys.find((key) => key.kid === kid);
}

function findKeyInUse(keys: readonly SigningKey[]): SigningKey | undefined {
  return keys.find((key) => key.retiredAtMs === undefined);
}
