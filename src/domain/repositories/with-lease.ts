import type { Background } from '#core/background';
import type { RepositoryLocks } from '#domain/repositories/repository-locks';

/** Does the work as the only writer of the repository's manifests and tags; nobody waits for the lock to be given back. */
export async function withLease<T>(
  { locks, background }: { readonly locks: RepositoryLocks; readonly background: Background },
  repositoryId: number,
  work: (lockToken: number) => Promise<T>,
): Promise<T> {
  const lease = await locks.acquire(repositoryId);
  try {
    return await work(lease.token);
  } finally {
    background(lease.release());
  }
}
