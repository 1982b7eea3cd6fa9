import { createDurable } from 'itty-durable';
import { systemClock } from '#core/clock';
import { LeaseQueue } from '#domain/repositories/lease-queue';

/**
 * The lock of one repository, named by its id. Nothing of it is stored: an evicted lock forgets its holder, and the
 * holder's fencing token keeps the database right (`adapters/d1/repository-lease.ts`).
 *
 * itty-durable passes arguments and answers as JSON, so `acquire` answers an object.
 */
export class RepositoryLock extends createDurable() {
  leases = new LeaseQueue(systemClock);

  /** Waits at most `waitMs`; the token is null when the lock did not come free. */
  async acquire(waitMs: number): Promise<{ readonly token: number | null }> {
    return { token: (await this.leases.acquire(waitMs)) ?? null };
  }

  release(token: number): { readonly released: true } {
    this.leases.release(token);
    return { released: true };
  }
}
