import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';

/** How long a request waits for memory before its client is asked to come back, in milliseconds. */
const MAX_WAIT_MS = 30_000;

interface Waiter<T> {
  /** What it waits for, if that is there now. */
  readonly take: () => T | undefined;
  readonly serve: (taken: T) => void;
  /** Who waits still then has been cancelled, and its timer with it. */
  readonly untilMs: number;
}

/** Requests that wait for memory; they are served in order. */
export class WaitingLine<T> {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter<T>>();

  constructor(deps: { readonly clock: Clock }) {
    this.#clock = deps.clock;
  }

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  /** What `take` finds, or undefined when it finds nothing or others wait. */
  tryTake(take: () => T | undefined): T | undefined {
    this.serve();
    return this.isEmpty ? take() : undefined;
  }

  /** What `take` finds once it is this caller's turn. SERVICE_UNAVAILABLE when that takes too long. */
  async take(take: () => T | undefined): Promise<T> {
    return this.tryTake(take) ?? this.#wait(take);
  }

  /** To be called when there is more. Passes by those that nobody will ever hear of again: they would keep others out. */
  serve(): void {
    for (const waiter of this.#waiters) {
      const isGone = waiter.untilMs < this.#clock.nowMs();
      const taken = isGone ? undefined : waiter.take();
      if (!isGone && taken === undefined) return;
      this.#waiters.delete(waiter);
      if (taken !== undefined) waiter.serve(taken);
    }
  }

  async #wait(take: () => T | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiter = { take, serve: resolve, untilMs: this.#clock.nowMs() + MAX_WAIT_MS };
    this.#waiters.add(waiter);
    const timer = setTimeout(() => {
      this.#waiters.delete(waiter);
      reject(new AppError('SERVICE_UNAVAILABLE', { message: 'too many uploads at once', retryAfterSeconds: 5 }));
    }, MAX_WAIT_MS);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}
