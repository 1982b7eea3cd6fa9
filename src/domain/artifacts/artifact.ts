import type { Digest } from '#core/digest';
import type { RepositoryName } from '#core/reference';

export interface ArtifactTag {
  readonly id: number;
  readonly name: string;
  readonly pushedAtMs: number;
  readonly pulledAtMs: number | undefined;
}

/** A manifest an index points at. */
export interface ArtifactReference {
  readonly childDigest: Digest;
  /** Undefined while the repository does not hold the child. */
  readonly childId: number | undefined;
  readonly platform: Readonly<Record<string, unknown>> | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/** A manifest in a repository, as people manage it. */
export interface Artifact {
  readonly id: number;
  readonly projectId: number;
  readonly repositoryId: number;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly manifestMediaType: string;
  readonly configMediaType: string | undefined;
  readonly artifactType: string | undefined;
  /** Manifest, config and layers. */
  readonly sizeBytes: number;
  readonly pushedAtMs: number;
  readonly pulledAtMs: number | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  readonly tags: readonly ArtifactTag[];
  readonly references: readonly ArtifactReference[];
}
