import type { Reference, RepositoryName } from '#core/reference';
import type { Artifact } from '#domain/artifacts/artifact';
import { artifactNotFound } from '#domain/artifacts/artifact-not-found';
import type { ArtifactPage, ArtifactStore } from '#domain/artifacts/artifact-store';
import type { Actor } from '#domain/audit/audit';
import type { ManifestService } from '#domain/manifests/manifest-service';
import type { RepositoryService } from '#domain/repositories/repository-service';

export interface ArtifactServiceDeps {
  readonly store: ArtifactStore;
  readonly repositories: RepositoryService;
  readonly manifests: ManifestService;
}

/** Artifacts as the management API shows them. */
export class ArtifactService {
  readonly #deps: ArtifactServiceDeps;

  constructor(deps: ArtifactServiceDeps) {
    this.#deps = deps;
  }

  /** A page of artifacts; NOT_FOUND without the repository. */
  async list(repository: RepositoryName, page: ArtifactPage): ReturnType<ArtifactStore['list']> {
    const { id } = await this.#deps.repositories.published(repository);
    return this.#deps.store.list(id, page);
  }

  /** The artifact a tag or digest names; NOT_FOUND when there is none. */
  async get(repository: RepositoryName, reference: Reference): Promise<Artifact> {
    const artifact = await this.#deps.store.find(repository, reference);
    if (!artifact) throw artifactNotFound(repository, reference);
    return artifact;
  }

  /** Deletes the artifact with all its tags, unless an index of the repository points at it. */
  async delete(repository: RepositoryName, reference: Reference, actor: Actor): Promise<void> {
    const { digest } = await this.get(repository, reference);
    await this.#deps.manifests.delete({ repository, digest, mayBeChild: false, actor });
  }
}
