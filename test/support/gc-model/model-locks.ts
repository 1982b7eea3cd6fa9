import type { Clock } from '#core/clock';
import type { RepositoryLease, RepositoryLocks } from '#domain/repositories/repository-locks';

interface Lock {
  token: number;
  isHeld: boolean;
  readonly waiters: ((lease: RepositoryLease) => void)[];
}

/** Locks whose leases run out whenever `runsOut` says so, and not by a timer. */
export class ModelLocks implements RepositoryLocks {
  readonly #locks = new Map<number, Lock>();
  readonly #clock: Clock;
  readonly #runsOut: () => boolean;

  constructor(clock: Clock, runsOut: () => boolean) {
    this.#clock = clock;
    this.#runsOut = runsOut;
  }

  acquire(repositoryId: number): Promise<RepositoryLease> {
    const lock = this.#locks.get(repositoryId) ?? { token: 0, isHeld: false, waiters: [] };
    this.#locks.set(repositoryId, lock);
    if (!lock.isHeld || this.#runsOut()) return Promise.resolve(this.#grant(lock));
    return new Promise((resolve) => lock.waiters.push(resolve));
  }

  /** Whoever holds a lock, and may be dead, is waited for no longer. */
  expire(): void {
    for (const lock of this.#locks.values()) this.#next(lock);
  }

  #grant(lock: Lock): RepositoryLease {
    const token = Math.max(lock.token + 1, this.#clock.nowMs());
    lock.token = token;
    lock.isHeld = true;
    const release = async () => {
      if (lock.token === token) this.#next(lock);
    };
    return { token, release };
  }

  #next(lock: Lock): void {
    const waiter = lock.waiters.shift();
    if (waiter) waiter(this.#grant(lock));
    else lock.isHeld = false;
  }
}
