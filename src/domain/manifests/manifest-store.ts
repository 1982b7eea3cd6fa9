import type { Digest } from '#core/digest';
import type { Descriptor, Manifest } from '#core/manifest';
import type { RepositoryName, TagName } from '#core/reference';
import type { ArtifactFacts } from '#domain/artifacts/artifact-facts';
import type { Mutation } from '#domain/events/mutation';
import type { Judgement } from '#domain/immutability/judgement';
import type { StoredManifest } from '#domain/manifests/stored-manifest';
import type { UnfitBlob } from '#domain/manifests/unfit-blobs';

/** What is to become of a pushed manifest. */
export interface ManifestPut {
  readonly projectId: number;
  readonly repositoryId: number;
  readonly lockToken: number;
  readonly manifest: Manifest;
  readonly facts: ArtifactFacts;
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Where its bytes are. */
  readonly objectKey: string;
  /** Whether `objectKey` is that of an older row, found by `findObjectKey`, rather than freshly written. */
  readonly isKnownObject: boolean;
  /** Tags that shall name it from now on. */
  readonly tags: readonly TagName[];
  readonly judgement: Judgement | undefined;
  readonly mutation: Mutation;
}

export interface ArtifactDeletion {
  readonly repositoryId: number;
  readonly lockToken: number;
  readonly digest: Digest;
  /** Harbor's API refuses to delete the child of an index; `/v2` does not. */
  readonly mayBeChild: boolean;
  readonly judgement: Judgement | undefined;
  readonly mutation: Mutation;
}

/**
 * Rows of manifests and of what they refer to. Writes are one batch each, and reject with `RulesChanged` when the immutable tag
 * rules are not those they were judged by.
 */
export interface ManifestStore {
  findByDigest(repository: RepositoryName, digest: Digest): Promise<StoredManifest | undefined>;
  findByTag(repository: RepositoryName, tag: TagName): Promise<StoredManifest | undefined>;

  /** As {@link findByDigest}, and keeps the manifest from garbage collection when no tag names it. */
  findByDigestAndTouch(repository: RepositoryName, digest: Digest, nowMs: number): Promise<StoredManifest | undefined>;

  /** Where the bytes of this digest are, if any repository has pushed them. */
  findObjectKey(digest: Digest): Promise<string | undefined>;

  /** Blobs of the list that are not linked to the repository, about to be deleted, or of another size. */
  unfitBlobs(repositoryId: number, blobs: readonly Descriptor[]): Promise<readonly UnfitBlob[]>;

  /**
   * Stores the manifest and moves its tags; may be repeated, and then the last media type counts. Answers `stored`, or `object-gone` when the known object
   * was given up to garbage collection meanwhile, and the bytes must be written afresh. Rejects with
   * MANIFEST_BLOB_UNKNOWN (of an unfit blob, whatever its problem), NAME_UNKNOWN, DENIED (no room), or SERVICE_UNAVAILABLE when the lock was lost.
   */
  put(put: ManifestPut): Promise<'stored' | 'object-gone'>;

  /**
   * Moves the artifact to the trash with its tags and all that goes with it (`deletedWith`), and answers their digests.
   * MANIFEST_UNKNOWN when there is none.
   */
  delete(deletion: ArtifactDeletion): Promise<readonly Digest[]>;
}
