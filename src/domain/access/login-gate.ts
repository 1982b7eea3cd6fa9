import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { AddressLimit } from '#domain/access/address-limit';
import { loginClientOf } from '#domain/access/login-client';
import {
  type Admission,
  admit,
  type CheckOutcome,
  type LoginThrottleState,
  NO_RECORD,
  settle,
} from '#domain/access/login-throttle';
import type { LoginThrottles } from '#domain/access/login-throttles';

/** Accounts an isolate keeps count of while their throttles cannot be reached. */
const MAX_OWN_COUNTS = 10_000;
/** For as long as the throttle itself would remember a failure, in milliseconds. */
const OWN_COUNT_MS = 60 * 60_000;
/** What an address over its limit is told to wait: the period of the limit in wrangler.toml. */
const ADDRESS_PERIOD_SECONDS = 60;
/** How long a check waits for the checks of others before it asks again, in milliseconds. */
const TURN_MS = 250;
/** How often it asks: honest clients come in crowds, and those behind the first need no check of their own. */
const MAX_TURNS = 20;
/** Stands for a client whose address nobody told. */
const UNKNOWN_CLIENT = 'unknown';

export interface LoginGateDeps {
  readonly throttles: LoginThrottles;
  /** Undefined where the platform offers none. */
  readonly addresses: AddressLimit | undefined;
  readonly clock: Clock;
}

/** A check of a password that costs something, and whose outcome counts. */
export interface GuardedCheck<T> {
  readonly username: string;
  /** Undefined when the connection tells none, as in a call without a network. */
  readonly clientAddress: string | undefined;
  /** What another request has found out with the same password while this one waited for its turn. */
  readonly foundMeanwhile: () => T | undefined;
  readonly check: () => Promise<T>;
  readonly judge: (answer: T) => CheckOutcome;
}

/** Stands before every check of a password that costs something: few guesses, and no way to lock the owner out. */
export class LoginGate {
  readonly #deps: LoginGateDeps;
  readonly #ownCounts: BoundedCache<LoginThrottleState>;

  constructor(deps: LoginGateDeps) {
    this.#deps = deps;
    this.#ownCounts = new BoundedCache({ maxWeight: MAX_OWN_COUNTS, ttlMs: OWN_COUNT_MS, clock: deps.clock });
  }

  /** Runs the check and notes how it ended; TOO_MANY_REQUEST when it must not run now. */
  async pass<T>({ username, clientAddress, foundMeanwhile, check, judge }: GuardedCheck<T>): Promise<T> {
    const account = accountOf(username);
    const client = clientAddress === undefined ? UNKNOWN_CLIENT : loginClientOf(clientAddress);
    if (clientAddress !== undefined && this.#deps.addresses && !(await this.#deps.addresses.admits(client))) {
      throw tooMany(ADDRESS_PERIOD_SECONDS);
    }
    let entry = await this.#admit(account, client);
    for (let turn = 1; entry.isBusy && turn < MAX_TURNS; turn++) {
      await new Promise((resolve) => setTimeout(resolve, TURN_MS));
      const found = foundMeanwhile();
      if (found !== undefined) return found;
      entry = await this.#admit(account, client);
    }
    if (entry.waitMs > 0) throw tooMany(Math.ceil(entry.waitMs / 1_000));
    let outcome: CheckOutcome = 'unknown';
    try {
      const answer = await check();
      outcome = judge(answer);
      return answer;
    } finally {
      if (entry.isOwnCount) this.#settleOwnCount(account, client, outcome);
      // Before the answer: nobody makes the next guess until this one has been counted, and an owner is known as such.
      await this.#settle(account, client, outcome);
    }
  }

  /** An isolate that cannot ask goes by what it has seen itself: the gate is neither open nor shut for everybody. */
  async #admit(account: string, client: string): Promise<Admission & { readonly isOwnCount: boolean }> {
    try {
      return { ...(await this.#deps.throttles.admit(account, client)), isOwnCount: false };
    } catch {
      const { state, admission } = admit(this.#ownCount(account), client, this.#deps.clock.nowMs());
      this.#ownCounts.put(account, state);
      return { ...admission, isOwnCount: true };
    }
  }

  async #settle(account: string, client: string, outcome: CheckOutcome): Promise<void> {
    try {
      await this.#deps.throttles.settle(account, client, outcome);
    } catch {
      // The throttle forgets a check whose outcome it never learns, and it is asked again before the next one.
    }
  }

  #settleOwnCount(account: string, client: string, outcome: CheckOutcome): void {
    this.#ownCounts.put(account, settle(this.#ownCount(account), client, outcome, this.#deps.clock.nowMs()));
  }

  #ownCount(account: string): LoginThrottleState {
    return this.#ownCounts.get(account) ?? { record: NO_RECORD, inFlight: [] };
  }
}

/**
 * Directories compare names loosely: RFC 4518 by neither case, width, spaces nor what leaves no trace, others not by accents
 * either. Spelling a name differently must not give further guesses; two people whose names fold to one share their count.
 */
function accountOf(username: string): string {
  const letters = username.normalize('NFKD').replace(/[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
  const spaced = letters.replace(/\s+/g, ' ').trim();
  // By way of capitals, where `ß` is `SS`.
  return spaced.toLowerCase().toUpperCase().toLowerCase();
}

function tooMany(retryAfterSeconds: number): AppError {
  return new AppError('TOO_MANY_REQUEST', {
    message: `too many failed logins, try again in ${retryAfterSeconds} s`,
    retryAfterSeconds,
  });
}
