import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { newId } from '#core/ids';
import type { RepositoryName } from '#core/reference';
import type { Actor } from '#domain/audit/audit';
import type { Repository } from '#domain/repositories/repository';
import type { RepositoryLocks } from '#domain/repositories/repository-locks';
import type { RepositoryStore, RepositorySummary } from '#domain/repositories/repository-store';
import { withLease } from '#domain/repositories/with-lease';

export interface RepositoryServiceDeps {
  readonly store: RepositoryStore;
  readonly locks: RepositoryLocks;
  readonly background: Background;
  readonly clock: Clock;
}

/** Repositories as the management API shows them. */
export class RepositoryService {
  readonly #deps: RepositoryServiceDeps;

  constructor(deps: RepositoryServiceDeps) {
    this.#deps = deps;
  }

  list(...query: Parameters<RepositoryStore['listInProject']>): ReturnType<RepositoryStore['listInProject']> {
    return this.#deps.store.listInProject(...query);
  }

  /** The repository's row, published or not. */
  find(name: RepositoryName): Promise<Repository | undefined> {
    return this.#deps.store.find(name);
  }

  /** The row of a repository that people can see; NOT_FOUND otherwise. */
  async published(name: RepositoryName): Promise<Repository> {
    const repository = await this.#deps.store.find(name);
    if (repository?.publishedAtMs === undefined) throw notFound(name);
    return repository;
  }

  /** The repository's row, made when it is missing; not listed until a manifest arrives. */
  ensure(projectId: number, name: RepositoryName): Promise<Repository> {
    return this.#deps.store.ensure(projectId, name, this.#deps.clock.nowMs());
  }

  /** NOT_FOUND when nothing was ever pushed under the name. */
  async get(name: RepositoryName): Promise<RepositorySummary> {
    const repository = await this.#deps.store.findSummary(name);
    if (!repository) throw notFound(name);
    return repository;
  }

  /** Deletes the repository with everything in it. Blobs stay until garbage collection. */
  async delete(name: RepositoryName, actor: Actor): Promise<void> {
    const repository = await this.published(name);
    await withLease(this.#deps, repository.id, (lockToken) =>
      this.#deps.store.delete(this.#deletion(repository, lockToken, actor)),
    );
  }

  #deletion(repository: Repository, lockToken: number, actor: Actor): Parameters<RepositoryStore['delete']>[0] {
    const resource = repository.name;
    const audit = {
      projectId: repository.projectId,
      operation: 'delete',
      resourceType: 'repository',
      resource,
      description: `delete repository: ${resource}`,
    };
    const mutation = { operationId: newId(), actor, nowMs: this.#deps.clock.nowMs(), audit, events: [] };
    return { repositoryId: repository.id, lockToken, mutation };
  }
}

function notFound(name: RepositoryName): AppError {
  return new AppError('NOT_FOUND', { message: `repository ${name} not found` });
}
