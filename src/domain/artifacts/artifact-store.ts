import type { OffsetPage } from '#core/pagination';
import type { Reference, RepositoryName } from '#core/reference';
import type { Accessory } from '#domain/artifacts/accessory';
import type { Artifact, ArtifactParts } from '#domain/artifacts/artifact';
import type { AccessoryFilter, AccessoryOrder, ArtifactFilter, ArtifactOrder } from '#domain/artifacts/artifact-query';

/** Which artifacts are listed: those of a repository or of a project, or the newest of each repository of a project. */
export type ArtifactScope =
  | { readonly kind: 'repository'; readonly repositoryId: number }
  | { readonly kind: 'project'; readonly projectId: number; readonly isLatestOnly: boolean };

export interface ArtifactListing {
  readonly scope: ArtifactScope;
  readonly filter: ArtifactFilter;
  readonly page: OrderedPage<ArtifactOrder>;
  readonly parts: ArtifactParts;
}

export interface AccessoryListing {
  readonly subject: Artifact;
  readonly filter: AccessoryFilter;
  readonly page: OrderedPage<AccessoryOrder>;
}

interface OrderedPage<K extends string> extends OffsetPage {
  readonly orderBy: K;
  readonly isDescending: boolean;
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** How many there are in all; counted to 10,000 where something is filtered. */
  readonly total: number;
}

/** Reads artifacts as people manage them. They are written with their manifests (`domain/manifests`). */
export interface ArtifactStore {
  find(repository: RepositoryName, reference: Reference, parts: ArtifactParts): Promise<Artifact | undefined>;

  /**
   * Those with a tag, and untagged ones that no index of the repository points at; `base=*` adds the others. What is about
   * another artifact is listed there, not here. BAD_REQUEST when more rows than 10,000 would have to be looked at to tell
   * which ones match, or in which order.
   */
  list(listing: ArtifactListing): Promise<Listed<Artifact>>;

  /** What is about an artifact. BAD_REQUEST as with {@link list}. */
  listAccessories(listing: AccessoryListing): Promise<Listed<Accessory>>;
}
