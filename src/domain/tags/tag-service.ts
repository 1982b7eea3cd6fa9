import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { newId } from '#core/ids';
import type { ListingPage } from '#core/pagination';
import type { RepositoryName, TagName } from '#core/reference';
import type { Actor } from '#domain/audit/audit';
import type { EventService } from '#domain/events/event-service';
import type { Mutation } from '#domain/events/mutation';
import type { ManifestService } from '#domain/manifests/manifest-service';
import type { StoredManifest } from '#domain/manifests/stored-manifest';
import type { RepositoryLocks } from '#domain/repositories/repository-locks';
import { withLease } from '#domain/repositories/with-lease';
import type { TagStore } from '#domain/tags/tag-store';

export interface TagServiceDeps {
  readonly store: TagStore;
  readonly manifests: ManifestService;
  readonly locks: RepositoryLocks;
  readonly events: EventService;
  readonly background: Background;
  readonly clock: Clock;
}

export interface TagListing {
  readonly tags: readonly string[];
  readonly hasMore: boolean;
}

/** Tags of a repository. They are set by pushing manifests (`domain/manifests`). */
export class TagService {
  readonly #deps: TagServiceDeps;

  constructor(deps: TagServiceDeps) {
    this.#deps = deps;
  }

  /** A page of tags in ASCII order; NAME_UNKNOWN without the repository. */
  async list(repository: RepositoryName, page: ListingPage): Promise<TagListing> {
    const tags = await this.#deps.store.list(repository, page.limit + 1, page.last);
    if (!tags) throw new AppError('NAME_UNKNOWN', { detail: { name: repository } });
    return { tags: tags.slice(0, page.limit), hasMore: page.limit > 0 && tags.length > page.limit };
  }

  /** Deletes the tag and leaves its manifest where it is. */
  async delete(repository: RepositoryName, tag: TagName, actor: Actor): Promise<void> {
    const manifest = await this.#deps.manifests.stat(repository, { kind: 'tag', tag });
    const { repositoryId } = manifest;
    const mutation = this.#mutation(repository, manifest, tag, actor);
    await withLease(this.#deps, repositoryId, (lockToken) =>
      this.#deps.store.delete({ repositoryId, lockToken, tag, mutation }),
    );
    this.#deps.events.announce(mutation.events);
  }

  #mutation(repository: RepositoryName, manifest: StoredManifest, tag: TagName, actor: Actor): Mutation {
    const nowMs = this.#deps.clock.nowMs();
    const { repositoryId, projectId, digest } = manifest;
    const resource = `${repository}:${tag}`;
    return {
      operationId: newId(),
      actor,
      nowMs,
      audit: { projectId, operation: 'delete', resourceType: 'tag', resource, description: `delete tag: ${resource}` },
      events: [
        { kind: 'tag-deleted', id: newId(), atMs: nowMs, actor: actor.username, repository, repositoryId, digest, tag },
      ],
    };
  }
}
