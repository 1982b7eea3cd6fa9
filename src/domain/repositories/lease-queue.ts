import type { Clock } from '#core/clock';

/** How long a lease holds at most, in milliseconds; a holder that is slower is refused by the fencing token. */
export const LEASE_MS = 10_000;

interface Waiter {
  readonly grant: (token: number | undefined) => void;
  readonly deadline: ReturnType<typeof setTimeout>;
}

/**
 * One lease at a time, first come, first served.
 *
 * Tokens grow with the clock, not from a stored counter: an object that was evicted and starts afresh still hands out
 * a greater token than before. Should two clocks disagree, the smaller token is refused by the database and its holder
 * asks again; nothing is ever written under a stale lease.
 */
export class LeaseQueue {
  readonly #clock: Clock;
  readonly #waiters: Waiter[] = [];
  #holder: { readonly token: number; readonly expiry: ReturnType<typeof setTimeout> } | undefined;
  #lastToken = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A token once it is this caller's turn; undefined when that takes longer than `waitMs`. */
  acquire(waitMs: number): Promise<number | undefined> {
    if (!this.#holder) return Promise.resolve(this.#grant());
    return new Promise((resolve) => {
      const deadline = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        resolve(undefined);
      }, waitMs);
      const waiter: Waiter = { grant: resolve, deadline };
      this.#waiters.push(waiter);
    });
  }

  /** Ends the lease with this token; any other token is ignored, since its lease has ended already. */
  release(token: number): void {
    if (this.#holder?.token !== token) return;
    clearTimeout(this.#holder.expiry);
    this.#holder = undefined;
    const next = this.#waiters.shift();
    if (!next) return;
    clearTimeout(next.deadline);
    next.grant(this.#grant());
  }

  #grant(): number {
    const token = Math.max(this.#lastToken + 1, this.#clock.nowMs());
    this.#lastToken = token;
    this.#holder = { token, expiry: setTimeout(() => this.release(token), LEASE_MS) };
    return token;
  }
}
