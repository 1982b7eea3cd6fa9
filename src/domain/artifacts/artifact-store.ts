import type { OffsetPage } from '#core/pagination';
import type { Reference, RepositoryName } from '#core/reference';
import type { Artifact } from '#domain/artifacts/artifact';

/** Reads artifacts as people manage them. They are written with their manifests (`domain/manifests`). */
export interface ArtifactStore {
  find(repository: RepositoryName, reference: Reference): Promise<Artifact | undefined>;

  /**
   * Artifacts of a repository, newest first, and how many there are: those with a tag, and untagged ones that no index
   * of the repository points at. What is about another artifact is listed there, not here.
   */
  list(
    repositoryId: number,
    page: OffsetPage,
  ): Promise<{ readonly items: readonly Artifact[]; readonly total: number }>;
}
