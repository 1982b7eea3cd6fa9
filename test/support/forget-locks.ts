import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test';
import { systemClock } from '#core/clock';
import { LeaseQueue } from '#domain/repositories/lease-queue';
import type { RepositoryLock } from '#durable/repository-lock';
import { testEnv } from '#test/support/server';

/** Locks live in memory and die with the machine; otherwise the next writer would wait for the lease to run out. */
export async function forgetLocks(): Promise<void> {
  const { REPOSITORY_LOCK: namespace } = testEnv;
  for (const id of await listDurableObjectIds(namespace)) {
    await runInDurableObject(namespace.get(id), (lock) => {
      (lock as unknown as { leases: RepositoryLock['leases'] }).leases = new LeaseQueue(systemClock);
    });
  }
}
