import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import type { Digest } from '#core/digest';
import { AppError } from '#core/errors';
import { newId } from '#core/ids';
import type { ListingPage } from '#core/pagination';
import type { Reference, RepositoryName, TagName } from '#core/reference';
import { artifactNotFound } from '#domain/artifacts/artifact-not-found';
import type { Actor } from '#domain/audit/audit';
import type { EventService } from '#domain/events/event-service';
import type { Mutation } from '#domain/events/mutation';
import type { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { ManifestService } from '#domain/manifests/manifest-service';
import type { StoredManifest } from '#domain/manifests/stored-manifest';
import type { RepositoryLocks } from '#domain/repositories/repository-locks';
import { withLease } from '#domain/repositories/with-lease';
import type { TagDeletion, TagFilter, TagPage, TagStore } from '#domain/tags/tag-store';

export interface TagServiceDeps {
  readonly store: TagStore;
  readonly manifests: ManifestService;
  readonly locks: RepositoryLocks;
  readonly immutability: ImmutabilityService;
  readonly events: EventService;
  readonly background: Background;
  readonly clock: Clock;
}

export interface TagListing {
  readonly tags: readonly string[];
  readonly hasMore: boolean;
}

export interface ArtifactTagListing extends Awaited<ReturnType<TagStore['listOfArtifact']>> {
  readonly artifact: StoredManifest;
}

/** Tags of a repository. Most are set by pushing manifests (`domain/manifests`). */
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

  /** A page of the tags of one artifact; NOT_FOUND without it. */
  async listOfArtifact(
    repository: RepositoryName,
    reference: Reference,
    filter: TagFilter,
    page: TagPage,
  ): Promise<ArtifactTagListing> {
    const artifact = await this.#artifact(repository, reference);
    return { artifact, ...(await this.#deps.store.listOfArtifact(artifact.artifactId, filter, page)) };
  }

  /** Gives an artifact one more tag; CONFLICT when the repository has the tag, be it of the same artifact. */
  async create(repository: RepositoryName, reference: Reference, tag: TagName, actor: Actor): Promise<void> {
    const { projectId, repositoryId, digest } = await this.#artifact(repository, reference);
    const mutation = this.#mutation('create', { repository, repositoryId, projectId, digest }, tag, actor);
    await withLease(this.#deps, repositoryId, (lockToken) =>
      this.#deps.store.create({ projectId, repositoryId, lockToken, digest, tag, mutation }),
    );
    this.#deps.events.announce(mutation.events);
  }

  /** Deletes the tag and leaves its manifest where it is; PRECONDITION when it is immutable. */
  async delete(repository: RepositoryName, tag: TagName, actor: Actor): Promise<void> {
    const { projectId, repositoryId, digest } = await this.#deps.manifests.stat(repository, { kind: 'tag', tag });
    const mutation = this.#mutation('delete', { repository, repositoryId, projectId, digest }, tag, actor);
    await this.#delete({ id: repositoryId, projectId }, { tag, digest: undefined, mutation });
    this.#deps.events.announce(mutation.events);
  }

  /** As {@link delete}, of a tag that names the given artifact; NOT_FOUND when it does not. */
  async deleteOfArtifact(repository: RepositoryName, reference: Reference, tag: TagName, actor: Actor): Promise<void> {
    const artifact = await this.#artifact(repository, reference);
    const { projectId, repositoryId, digest } = artifact;
    const mutation = this.#mutation('delete', { repository, repositoryId, projectId, digest }, tag, actor);
    try {
      await this.#delete({ id: repositoryId, projectId }, { tag, digest, mutation });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'MANIFEST_UNKNOWN') throw error;
      const message = `tag ${tag} attached to artifact ${artifact.artifactId} not found`;
      throw new AppError('NOT_FOUND', { message, cause: error });
    }
    this.#deps.events.announce(mutation.events);
  }

  #delete(
    repository: { readonly id: number; readonly projectId: number },
    deletion: Pick<TagDeletion, 'tag' | 'digest' | 'mutation'>,
  ): Promise<void> {
    const { tag, digest } = deletion;
    return withLease(this.#deps, repository.id, (lockToken) =>
      this.#deps.immutability.observe(repository, { kind: 'delete-tag', tag, digest }, (judgement) =>
        this.#deps.store.delete({ ...deletion, repositoryId: repository.id, lockToken, judgement }),
      ),
    );
  }

  async #artifact(repository: RepositoryName, reference: Reference): Promise<StoredManifest> {
    const artifact = await this.#deps.manifests.find(repository, reference);
    if (!artifact) throw artifactNotFound(repository, reference);
    return artifact;
  }

  #mutation(operation: 'create' | 'delete', artifact: TaggedArtifact, tag: TagName, actor: Actor): Mutation {
    const nowMs = this.#deps.clock.nowMs();
    const { repository, repositoryId, projectId, digest } = artifact;
    const resource = `${repository}:${tag}`;
    const kind = operation === 'create' ? 'tag-created' : 'tag-deleted';
    return {
      operationId: newId(),
      actor,
      nowMs,
      audit: { projectId, operation, resourceType: 'tag', resource, description: `${operation} tag: ${resource}` },
      events: [
        { kind, id: newId(), atMs: nowMs, actor: actor.username, projectId, repository, repositoryId, digest, tag },
      ],
    };
  }
}

interface TaggedArtifact {
  readonly repository: RepositoryName;
  readonly repositoryId: number;
  readonly projectId: number;
  readonly digest: Digest;
}
