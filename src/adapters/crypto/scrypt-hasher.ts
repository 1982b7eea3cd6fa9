import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import {
  CURRENT_PARAMETERS,
  formatPasswordHash,
  isOutdated,
  type PasswordHash,
  parsePasswordHash,
  type ScryptParameters,
} from '#domain/access/password';
import type { PasswordHasher, PasswordVerdict } from '#domain/access/password-hasher';

const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** Room for one computation beside Node's own limit of 32 MiB, in bytes. */
const MAX_MEMORY_BYTES = 96 * 2 ** 20;
/**
 * How long a computation of the usual cost is taken to have lasted at least, in milliseconds: at the edge the clock stands
 * still while a computation runs, so there it cannot be measured.
 */
const COMPUTATION_MS = 200;
/** After a computation everybody else has the isolate for half as long. */
const REST_RATIO = 0.5;
/** Computations that may wait for their turn; at 200 ms each, and 100 between them, the last waits about 5 s. */
const MAX_WAITING = 16;
/** A place in the queue is forgotten after this, in milliseconds: a request that was cut off never gives it back. */
const PLACE_TTL_MS = 15_000;

/**
 * scrypt by `node:crypto`. An isolate has one thread, so computations never overlap, and nothing else runs meanwhile.
 * So each is followed by a rest in which none begins, however many wait. No request waits for a promise of another one,
 * as the platform drops those when the other's client goes away: each looks for itself whether the rest is over.
 */
export class ScryptHasher implements PasswordHasher {
  readonly #clock: Clock;
  readonly #places = new Set<{ readonly takenAtMs: number }>();
  /** In it no computation begins. It has a beginning, so that a clock put back does not make it last. */
  #rest = { fromMs: 0, untilMs: 0 };

  readonly #parameters: ScryptParameters;

  constructor(deps: { readonly clock: Clock; readonly parameters?: ScryptParameters }) {
    this.#clock = deps.clock;
    this.#parameters = deps.parameters ?? CURRENT_PARAMETERS;
  }

  async hash(password: string): Promise<string> {
    const salt = new Uint8Array(randomBytes(SALT_BYTES));
    const wanted = { parameters: this.#parameters, salt, key: new Uint8Array(KEY_BYTES) };
    const key = await this.#inTurn(() => this.#derive(password, wanted));
    return formatPasswordHash({ parameters: this.#parameters, salt, key });
  }

  async verify(password: string, stored: string | undefined, isKnownToBeRight = () => false): Promise<PasswordVerdict> {
    const parsed = stored === undefined ? undefined : parsePasswordHash(stored);
    const expected = parsed ?? {
      parameters: this.#parameters,
      salt: new Uint8Array(SALT_BYTES),
      key: new Uint8Array(KEY_BYTES),
    };
    const key = await this.#inTurn(() => (isKnownToBeRight() ? undefined : this.#derive(password, expected)));
    if (!key) return 'right';
    const isRight = timingSafeEqual(key, expected.key) && parsed !== undefined;
    if (!isRight) return 'wrong';
    return isOutdated(expected, this.#parameters) ? 'right-but-outdated' : 'right';
  }

  async #inTurn<T>(compute: () => T): Promise<T> {
    const place = this.#takePlace();
    try {
      await this.#myTurn();
      return compute();
    } finally {
      this.#places.delete(place);
    }
  }

  /** Those who wait look in the order they came in, as timers of the same moment go off in the order they were set. */
  async #myTurn(): Promise<void> {
    let waitMs = 0;
    do {
      const timeoutMs = waitMs;
      await new Promise((resolve) => setTimeout(resolve, timeoutMs));
      waitMs = this.#restLeftMs();
    } while (waitMs > 0);
  }

  #restLeftMs(): number {
    const nowMs = this.#clock.nowMs();
    return nowMs < this.#rest.fromMs ? 0 : Math.max(0, this.#rest.untilMs - nowMs);
  }

  #derive(password: string, { parameters, salt, key }: PasswordHash): Uint8Array {
    const fromMs = this.#clock.nowMs();
    const { cost: N, blockSize: r, parallelization: p } = parameters;
    const derived = scryptSync(password, salt, key.length, { N, r, p, maxmem: MAX_MEMORY_BYTES });
    const usualMs = COMPUTATION_MS * (workOf(this.#parameters) / workOf(CURRENT_PARAMETERS));
    const tookMs = Math.max(this.#clock.nowMs() - fromMs, usualMs);
    this.#rest = { fromMs, untilMs: fromMs + tookMs * (1 + REST_RATIO) };
    return new Uint8Array(derived);
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

/** How much there is to compute; the unit means nothing. */
function workOf({ cost, blockSize, parallelization }: ScryptParameters): number {
  return cost * blockSize * parallelization;
}
