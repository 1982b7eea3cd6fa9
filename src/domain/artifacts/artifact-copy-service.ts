import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { newId } from '#core/ids';
import type { Reference, RepositoryName, TagName } from '#core/reference';
import type { ArtifactCopyStore, CopyCompletion, CopySource } from '#domain/artifacts/artifact-copy-store';
import { artifactNotFound } from '#domain/artifacts/artifact-not-found';
import { type CopiedArtifact, planCopy, rowsOf } from '#domain/artifacts/copy-plan';
import type { Actor } from '#domain/audit/audit';
import type { RecordedEvent } from '#domain/events/event';
import type { EventService } from '#domain/events/event-service';
import type { Mutation } from '#domain/events/mutation';
import type { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { ManifestService } from '#domain/manifests/manifest-service';
import type { StoredManifest } from '#domain/manifests/stored-manifest';
import type { Project } from '#domain/projects/project';
import type { Repository } from '#domain/repositories/repository';
import type { RepositoryLocks } from '#domain/repositories/repository-locks';
import type { RepositoryService } from '#domain/repositories/repository-service';
import { withLease } from '#domain/repositories/with-lease';

/** Rows of one batch: an index of some hundred images, and a fraction of what D1 does in the time it gives a batch. */
export const MAX_ROWS_PER_BATCH = 5_000;
/** Rows of a copy in all, which bounds its batches to what one request may ask of D1. */
const MAX_ROWS = 100_000;
/** Events of one copy: as many as a push has, one a tag. */
const MAX_EVENTS = 100;
/** How often a copy begins anew because its source changed under it. */
const MAX_ATTEMPTS = 5;

export interface ArtifactCopyServiceDeps {
  readonly store: ArtifactCopyStore;
  readonly manifests: ManifestService;
  readonly repositories: RepositoryService;
  readonly locks: RepositoryLocks;
  readonly immutability: ImmutabilityService;
  readonly events: EventService;
  readonly background: Background;
  readonly clock: Clock;
  /** {@link MAX_ROWS_PER_BATCH}, but in tests. */
  readonly maxRowsPerBatch: number;
}

export interface ArtifactCopy {
  readonly source: RepositoryName;
  readonly reference: Reference;
  /** The project of the destination. */
  readonly project: Project;
  readonly destination: RepositoryName;
  readonly actor: Actor;
}

/** Copies artifacts between repositories. Content is kept once for the whole registry, so that no byte moves. */
export class ArtifactCopyService {
  readonly #deps: ArtifactCopyServiceDeps;

  constructor(deps: ArtifactCopyServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Copies an artifact with its children and accessories, theirs, and all their tags, which move where the destination
   * has them of other artifacts; labels stay. May be repeated, and then brings what has come since. NOT_FOUND without
   * the artifact, DENIED for an accessory and beyond the quota, PRECONDITION when a tag that moves is immutable, BAD_REQUEST for
   * more than {@link MAX_ROWS} rows.
   */
  async copy(request: ArtifactCopy): Promise<void> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if ((await this.#attempt(request)) === 'copied') return;
    }
    throw new AppError('SERVICE_UNAVAILABLE', { message: 'the artifact keeps changing', retryAfterSeconds: 1 });
  }

  async #attempt(request: ArtifactCopy): Promise<'copied' | 'changed'> {
    const { source, reference, project, destination } = request;
    const { store, manifests, repositories, events } = this.#deps;
    const root = await manifests.find(source, reference);
    if (!root) throw artifactNotFound(source, reference);
    const limits = { artifacts: MAX_ROWS + 1, tags: MAX_EVENTS };
    const found = await store.findSource(root.repositoryId, root.digest, limits);
    // It was deleted in between.
    if (!found.artifacts.some(({ digest }) => digest === root.digest)) return 'changed';
    requireCopyable(found);
    const repository = await repositories.ensure(project.id, destination);
    const mutation = this.#mutation(request, repository, root, found.tags);
    const outcome = await this.#write(root, repository, found.artifacts, {
      tag: reference.kind === 'tag' ? reference.tag : undefined,
      mutation,
    });
    if (outcome === 'copied') events.announce(mutation.events);
    return outcome;
  }

  /** Each batch under a lease of its own, so that others may write to the repository in between. */
  async #write(
    { repositoryId: sourceRepositoryId, digest: root }: StoredManifest,
    { id: repositoryId, projectId }: Repository,
    artifacts: readonly CopiedArtifact[],
    { tag, mutation }: Pick<CopyCompletion, 'tag' | 'mutation'>,
  ): Promise<'copied' | 'changed'> {
    const { store, immutability, maxRowsPerBatch } = this.#deps;
    const { parts, last } = planCopy(artifacts, root, maxRowsPerBatch);
    const common = { sourceRepositoryId, projectId, repositoryId, nowMs: mutation.nowMs };
    for (const digests of parts) {
      const outcome = await withLease(this.#deps, repositoryId, (lockToken) =>
        store.copyPart({ ...common, lockToken, digests }),
      );
      if (outcome === 'changed') return outcome;
    }
    const completion = { ...common, root, tag, digests: last, parts: parts.flat(), mutation };
    const deed = { kind: 'copy', sourceRepositoryId, digests: [...completion.parts, ...last] } as const;
    return withLease(this.#deps, repositoryId, (lockToken) =>
      immutability.observe({ id: repositoryId, projectId }, deed, (judgement) =>
        store.complete({ ...completion, lockToken, judgement }),
      ),
    );
  }

  /** To whoever follows events a copy is a push of the artifact, under each of its tags. */
  #mutation(
    { source, reference, destination, actor }: ArtifactCopy,
    repository: Repository,
    { digest }: StoredManifest,
    tags: readonly TagName[],
  ): Mutation {
    const nowMs = this.#deps.clock.nowMs();
    const about = {
      kind: 'artifact-pushed' as const,
      projectId: repository.projectId,
      repository: destination,
      repositoryId: repository.id,
      digest,
      atMs: nowMs,
      actor: actor.username,
    };
    const names = tags.length > 0 ? tags : [undefined];
    const events = names.map((tag): RecordedEvent => ({ ...about, id: newId(), ...(tag ? { tag } : {}) }));
    const name = reference.kind === 'tag' ? `:${reference.tag}` : `@${digest}`;
    const resource = `${destination}${name}`;
    const audit = {
      projectId: repository.projectId,
      operation: 'create',
      resourceType: 'artifact',
      resource,
      description: `push artifact: ${resource}, copied from ${source}${name}`,
    };
    return { operationId: newId(), actor, nowMs, audit, events };
  }
}

function requireCopyable({ isAccessory, artifacts }: CopySource): void {
  if (isAccessory) {
    throw new AppError('DENIED', { message: "the operation isn't supported for an artifact accessory" });
  }
  if (rowsOf(artifacts) > MAX_ROWS) {
    throw new AppError('BAD_REQUEST', { message: 'the artifact and what belongs to it are too many for one copy' });
  }
}
