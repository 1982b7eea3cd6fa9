import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import type { Digest } from '#core/digest';
import { AppError } from '#core/errors';
import { newId } from '#core/ids';
import type { OffsetPage } from '#core/pagination';
import type { RepositoryName, TagName } from '#core/reference';
import type { Actor } from '#domain/audit/audit';
import type { EventService } from '#domain/events/event-service';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { Repository } from '#domain/repositories/repository';
import type { RepositoryLocks } from '#domain/repositories/repository-locks';
import type { RepositoryService } from '#domain/repositories/repository-service';
import { withLease } from '#domain/repositories/with-lease';
import type { RestorableTag } from '#domain/trash/trash';
import type { TrashStore } from '#domain/trash/trash-store';

export interface TrashServiceDeps {
  readonly store: TrashStore;
  readonly repositories: RepositoryService;
  readonly locks: RepositoryLocks;
  readonly immutability: ImmutabilityService;
  readonly events: EventService;
  readonly background: Background;
  readonly clock: Clock;
}

export interface RestoredArtifact {
  readonly digest: Digest;
  /** It, and the accessories and children that had gone with it. */
  readonly digests: readonly Digest[];
  readonly tags: readonly string[];
  /** Tags that name other artifacts now, and so did not come back. */
  readonly takenTags: readonly string[];
}

/** Artifacts and tags that were deleted, for as long as garbage collection leaves them. */
export class TrashService {
  readonly #deps: TrashServiceDeps;

  constructor(deps: TrashServiceDeps) {
    this.#deps = deps;
  }

  /** What can be restored, the newest deletion first; NOT_FOUND without the repository. */
  async list(repository: RepositoryName, page: OffsetPage): ReturnType<TrashStore['list']> {
    const { id } = await this.#deps.repositories.published(repository);
    return this.#deps.store.list(id, page);
  }

  /** Brings an artifact back, with what had gone with it and the tags whose names are free. It counts as pushed. */
  async restoreArtifact(repository: RepositoryName, digest: Digest, actor: Actor): Promise<RestoredArtifact> {
    const row = await this.#deps.repositories.published(repository);
    return withLease(this.#deps, row.id, async (lockToken) => {
      const found = await this.#deps.store.findArtifact(row.id, digest);
      if (!found) throw notInTrash(`artifact ${repository}@${digest}`);
      const free = found.tags.filter(({ takenBy }) => takenBy === undefined);
      const own = free.filter((tag) => tag.digest === digest);
      const mutation = this.#restored(row, digest, own, actor);
      await this.#deps.store.restoreArtifact({
        repositoryId: row.id,
        lockToken,
        digest,
        trashIds: found.trashIds,
        mutation,
      });
      this.#deps.events.announce(mutation.events);
      const takenTags = found.tags.filter(({ takenBy }) => takenBy !== undefined).map(({ name }) => name);
      return { digest, digests: found.digests, tags: free.map(({ name }) => name), takenTags };
    });
  }

  /** Points a deleted tag at its artifact again, and answers that. It counts as pushed. */
  async restoreTag(
    repository: RepositoryName,
    name: TagName,
    { isOverwriting }: { readonly isOverwriting: boolean },
    actor: Actor,
  ): Promise<Digest> {
    const row = await this.#deps.repositories.published(repository);
    return withLease(this.#deps, row.id, async (lockToken) => {
      const tag = await this.#deps.store.findTag(row.id, name);
      if (!tag) throw notInTrash(`tag ${repository}:${name}`);
      const isElsewhere = tag.takenBy !== undefined && tag.takenBy !== tag.digest;
      const mutation = this.#restored(row, tag.digest, [tag], actor);
      const restore = { repositoryId: row.id, lockToken, tag, isOverwriting: isOverwriting && isElsewhere, mutation };
      const moved = { kind: 'restore', tags: restore.isOverwriting ? [name] : [], digest: tag.digest } as const;
      await this.#deps.immutability.observe(row, moved, (judgement) =>
        this.#deps.store.restoreTag({ ...restore, judgement }),
      );
      this.#deps.events.announce(mutation.events);
      return tag.digest;
    });
  }

  #restored(repository: Repository, digest: Digest, tags: readonly RestorableTag[], actor: Actor): Mutation {
    const resource = `${repository.name}${tags[0] ? `:${tags[0].name}` : `@${digest}`}`;
    const audit = {
      projectId: repository.projectId,
      operation: 'restore',
      resourceType: 'artifact',
      resource,
      description: `restore artifact: ${resource}`,
    };
    const mutation = newMutation(audit, actor, this.#deps.clock);
    const about = {
      kind: 'artifact-pushed' as const,
      projectId: repository.projectId,
      repository: repository.name,
      repositoryId: repository.id,
      digest,
      atMs: mutation.nowMs,
      actor: actor.username,
    };
    const names = tags.length > 0 ? tags.map(({ name }) => ({ tag: name })) : [{}];
    return { ...mutation, events: names.map((tag) => ({ ...about, ...tag, id: newId() })) };
  }
}

function notInTrash(what: string): AppError {
  return new AppError('NOT_FOUND', { message: `${what} not found in the trash` });
}
