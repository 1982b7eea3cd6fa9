import { proxyDurable } from 'itty-durable';
import { AppError } from '#core/errors';
import type { RepositoryLease, RepositoryLocks } from '#domain/repositories/repository-locks';

/** How long a writer waits for its turn, in milliseconds. */
const WAIT_MS = 20_000;

/** The methods of `durable/repository-lock.ts`, as itty-durable's stub offers them. */
interface LockStub {
  acquire(waitMs: number): Promise<{ readonly token: number | null }>;
  release(token: number): Promise<unknown>;
}

export class DurableRepositoryLocks implements RepositoryLocks {
  readonly #locks: { get(name: string): LockStub };

  constructor(deps: { readonly namespace: DurableObjectNamespace }) {
    this.#locks = proxyDurable(deps.namespace, { parse: true });
  }

  async acquire(repositoryId: number): Promise<RepositoryLease> {
    const lock = this.#locks.get(`repository-${repositoryId}`);
    const { token } = await lock.acquire(WAIT_MS).catch(busy);
    if (token === null) busy();
    return {
      token,
      async release() {
        // A lease that cannot be given back runs out by itself.
        await lock.release(token).catch(() => undefined);
      },
    };
  }
}

function busy(cause?: unknown): never {
  throw new AppError('SERVICE_UNAVAILABLE', {
    message: 'the repository is busy, try again',
    cause,
    retryAfterSeconds: 2,
  });
}
