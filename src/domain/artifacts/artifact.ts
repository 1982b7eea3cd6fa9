import type { Digest } from '#core/digest';
import type { RepositoryName } from '#core/reference';
import type { Accessory } from '#domain/artifacts/accessory';
import type { ExtraAttributes } from '#domain/artifacts/extra-attributes';
import type { Label } from '#domain/labels/label';

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
  readonly urls: readonly string[] | undefined;
}

/** A manifest in a repository, as people manage it. */
export interface Artifact {
  readonly id: number;
  readonly projectId: number;
  readonly repositoryId: number;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly manifestMediaType: string;
  /** That of what the artifact is about: its config, or the manifest itself. */
  readonly mediaType: string;
  readonly artifactType: string | undefined;
  /** Harbor's type: IMAGE, CHART, … or UNKNOWN. */
  readonly type: string;
  readonly extraAttributes: ExtraAttributes | undefined;
  /** The layer that is its icon; undefined for the icon of its type. */
  readonly iconDigest: Digest | undefined;
  /** Manifest, config and layers, or an index and the children that were there at its push. */
  readonly sizeBytes: number;
  readonly pushedAtMs: number;
  readonly pulledAtMs: number | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  readonly references: readonly ArtifactReference[];
  /** What was not asked for is empty, here and below. The first 1,000 by name. */
  readonly tags: readonly ArtifactTag[];
  readonly labels: readonly Label[];
  /** The first 100. */
  readonly accessories: readonly Accessory[];
  /** Signatures of the indexes that point at it, unless it has one of its own. */
  readonly inheritedAccessories: readonly Accessory[];
}

/** What is shown of artifacts besides what they are. */
export interface ArtifactParts {
  readonly tags: boolean;
  readonly labels: boolean;
  readonly accessories: boolean;
  readonly inheritedAccessories: boolean;
}

/** What an artifact is, and nothing beside it. */
export const NO_PARTS: ArtifactParts = { tags: false, labels: false, accessories: false, inheritedAccessories: false };
