import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { RepositoryName } from '#core/reference';
import type { Actor } from '#domain/audit/audit';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { Repository } from '#domain/repositories/repository';
import type { FoundRepository, RepositoryList } from '#domain/repositories/repository-listing';
import type { RepositoryListingStore } from '#domain/repositories/repository-listing-store';
import type { RepositoryLocks } from '#domain/repositories/repository-locks';
import type { RepositoryStore, RepositorySummary } from '#domain/repositories/repository-store';
import { withLease } from '#domain/repositories/with-lease';

/** Longest description, in characters: room for a README. */
const MAX_DESCRIPTION_LENGTH = 25_000;

/** Slices that one sweep removes: some twenty seconds' work. */
const MAX_SLICES = 40;
/** Between two slices the database is everybody else's; without it, a server of one thread answers nobody meanwhile. */
const PAUSE_MS = 100;

export interface RepositoryServiceDeps {
  readonly store: RepositoryStore;
  readonly listings: Pick<RepositoryListingStore, 'list' | 'listInProject' | 'search'>;
  readonly locks: RepositoryLocks;
  readonly immutability: ImmutabilityService;
  readonly background: Background;
  readonly clock: Clock;
}

/** Repositories as the management API shows them. */
export class RepositoryService {
  readonly #deps: RepositoryServiceDeps;

  constructor(deps: RepositoryServiceDeps) {
    this.#deps = deps;
  }

  listInProject(...query: Parameters<RepositoryListingStore['listInProject']>): Promise<RepositoryList> {
    return this.#deps.listings.listInProject(...query);
  }

  list(...query: Parameters<RepositoryListingStore['list']>): Promise<RepositoryList> {
    return this.#deps.listings.list(...query);
  }

  search(...query: Parameters<RepositoryListingStore['search']>): Promise<readonly FoundRepository[]> {
    return this.#deps.listings.search(...query);
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

  /** Changes what people read about the repository; BAD_REQUEST for a text that is too long. */
  async describe(name: RepositoryName, description: string, actor: Actor): Promise<void> {
    if (description.length > MAX_DESCRIPTION_LENGTH) {
      throw new AppError('BAD_REQUEST', {
        message: `a description has at most ${MAX_DESCRIPTION_LENGTH.toLocaleString('en')} characters`,
      });
    }
    const repository = await this.published(name);
    await this.#deps.store.describe(repository.id, description, this.#mutation('update', repository, actor));
  }

  /** Deletes the repository with everything in it, unless a tag is immutable. Blobs stay until garbage collection. */
  async delete(name: RepositoryName, actor: Actor): Promise<void> {
    const repository = await this.published(name);
    const mutation = this.#mutation('delete', repository, actor);
    await withLease(this.#deps, repository.id, (lockToken) =>
      this.#deps.immutability.observe(repository, { kind: 'delete-repository' }, (judgement) =>
        this.#deps.store.delete({ repositoryId: repository.id, lockToken, judgement, mutation }),
      ),
    );
    this.#deps.background(this.sweep());
  }

  /** Removes what large repositories held that were deleted. What one run does not get to is the next one's. */
  async sweep(): Promise<void> {
    for (let slice = 0; slice < MAX_SLICES && (await this.#deps.store.removeDetached()); slice++) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  #mutation(operation: 'update' | 'delete', { name, projectId }: Repository, actor: Actor): Mutation {
    const description = `${operation} repository: ${name}`;
    const audit = { projectId, operation, resourceType: 'repository', resource: name, description };
    return newMutation(audit, actor, this.#deps.clock);
  }
}

function notFound(name: RepositoryName): AppError {
  return new AppError('NOT_FOUND', { message: `repository ${name} not found` });
}
