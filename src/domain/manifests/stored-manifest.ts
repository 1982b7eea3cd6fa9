import type { Digest } from '#core/digest';

/** A manifest as the registry keeps it. */
export interface StoredManifest {
  readonly artifactId: number;
  readonly repositoryId: number;
  readonly projectId: number;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly objectKey: string;
}
