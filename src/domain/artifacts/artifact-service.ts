import type { Reference, RepositoryName } from '#core/reference';
import type { Accessory } from '#domain/artifacts/accessory';
import { type Artifact, type ArtifactParts, NO_PARTS } from '#domain/artifacts/artifact';
import { artifactNotFound } from '#domain/artifacts/artifact-not-found';
import type { AccessoryListing, ArtifactListing, ArtifactStore, Listed } from '#domain/artifacts/artifact-store';
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

  /** A page of a repository's artifacts; NOT_FOUND without the repository. */
  async list(repository: RepositoryName, listing: Omit<ArtifactListing, 'scope'>): Promise<Listed<Artifact>> {
    const { id: repositoryId } = await this.#deps.repositories.published(repository);
    return this.#deps.store.list({ ...listing, scope: { kind: 'repository', repositoryId } });
  }

  /** A page of the artifacts of a project, or of those that are the newest of their repository. */
  listOfProject(
    projectId: number,
    listing: Omit<ArtifactListing, 'scope'> & { readonly isLatestOnly: boolean },
  ): Promise<Listed<Artifact>> {
    const { isLatestOnly, ...rest } = listing;
    return this.#deps.store.list({ ...rest, scope: { kind: 'project', projectId, isLatestOnly } });
  }

  /** The artifact a tag or digest names; NOT_FOUND when there is none. */
  async get(repository: RepositoryName, reference: Reference, parts: ArtifactParts = NO_PARTS): Promise<Artifact> {
    const artifact = await this.#deps.store.find(repository, reference, parts);
    if (!artifact) throw artifactNotFound(repository, reference);
    return artifact;
  }

  /** A page of what is about an artifact; NOT_FOUND without the artifact. */
  async listAccessories(
    repository: RepositoryName,
    reference: Reference,
    listing: Omit<AccessoryListing, 'subject'>,
  ): Promise<Listed<Accessory>> {
    const subject = await this.get(repository, reference);
    return this.#deps.store.listAccessories({ ...listing, subject });
  }

  /** Deletes the artifact with all its tags, unless an index of the repository points at it. */
  async delete(repository: RepositoryName, reference: Reference, actor: Actor): Promise<void> {
    const { digest } = await this.get(repository, reference);
    await this.#deps.manifests.delete({ repository, digest, mayBeChild: false, actor });
  }
}
