import type { OffsetPage } from '#core/pagination';
import type { Reference, RepositoryName } from '#core/reference';
import type { Artifact } from '#domain/artifacts/artifact';

/** A page of artifacts in the order they were pushed. */
export interface ArtifactPage extends OffsetPage {
  readonly isDescending: boolean;
}

/** Reads artifacts as people manage them. They are written with their manifests (`domain/manifests`). */
export interface ArtifactStore {
  find(repository: RepositoryName, reference: Reference): Promise<Artifact | undefined>;

  /**
   * Artifacts of a repository, and how many there are: those with a tag, and untagged ones that no index
   * of the repository points at. What is about another artifact is listed there, not here.
   */
  list(
    repositoryId: number,
    page: ArtifactPage,
  ): Promise<{ readonly items: readonly Artifact[]; readonly total: number }>;
}
