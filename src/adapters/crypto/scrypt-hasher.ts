import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import {
  CURRENT_PARAMETERS,
  formatPasswordHash,
  isOutdated,
  type PasswordHash,
  parsePasswordHash,
} from '#domain/access/password';
import type { PasswordHasher, PasswordVerdict } from '#domain/access/password-hasher';

const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Room for one computation beside Node's own limit of 32 MiB, in bytes. */
const MAX_MEMORY_BYTES = 96 * 2 ** 20;
/** Computations that may wait for their turn; at 200 ms each the last waits about 3 s. */
const MAX_WAITING = 16;
/** A place in the queue is forgotten after this, in milliseconds: a request that was cut off never gives it back. */
const PLACE_TTL_MS = 10_000;

/**
 * scrypt by `node:crypto`. An isolate has one thread, so computations never overlap; each waits a turn of the event
 * loop first, so that other requests run between two of them. No request waits for a promise of another one: the
 * platform drops those when the other's client goes away.
 */
export class ScryptHasher implements PasswordHasher {
  readonly #clock: Clock;
  readonly #places = new Set<{ readonly takenAtMs: number }>();

  constructor(deps: { readonly clock: Clock }) {
    this.#clock = deps.clock;
  }

  async hash(password: string): Promise<string> {
    const salt = new Uint8Array(randomBytes(SALT_BYTES));
    const wanted = { parameters: CURRENT_PARAMETERS, salt, key: new Uint8Array(KEY_BYTES) };
    const key = await this.#inTurn(() => derive(password, wanted));
    return formatPasswordHash({ parameters: CURRENT_PARAMETERS, salt, key });
  }

  async verify(password: string, stored: string | undefined, isKnownToBeRight = () => false): Promise<PasswordVerdict> {
    const parsed = stored === undefined ? undefined : parsePasswordHash(stored);
    const expected = parsed ?? {
      parameters: CURRENT_PARAMETERS,
      salt: new Uint8Array(SALT_BYTES),
      key: new Uint8Array(KEY_BYTES),
    };
    const key = await this.#inTurn(() => (isKnownToBeRight() ? undefined : derive(password, expected)));
    if (!key) return 'right';
    const isRight = timingSafeEqual(key, expected.key) && parsed !== undefined;
    if (!isRight) return 'wrong';
    return isOutdated(expected) ? 'right-but-outdated' : 'right';
  }

  async #inTurn<T>(compute: () => T): Promise<T> {
    const place = this.#takePlace();
    try {
      await new Promise((resolve) => setTimeout(resolve, 0));
      return compute();
    } finally {
      this.#places.delete(place);
    }
  }

  #takePlace(): { readonly takenAtMs: number } {
    const nowMs = this.#clock.nowMs();
    for (const place of this.#places) {
      if (nowMs - place.takenAtMs > PLACE_TTL_MS) this.#places.delete(place);
    }
    if (this.#places.size >= MAX_WAITING) {
      throw new AppError('SERVICE_UNAVAILABLE', { message: 'too many logins at once', retryAfterSeconds: 1 });
    }
    const place = { takenAtMs: nowMs };
    this.#places.add(place);
    return place;
  }
}

function derive(password: string, { parameters, salt, key }: PasswordHash): Uint8Array {
  const { cost: N, blockSize: r, parallelization: p } = parameters;
  return new Uint8Array(scryptSync(password, salt, key.length, { N, r, p, maxmem: MAX_MEMORY_BYTES }));
}
