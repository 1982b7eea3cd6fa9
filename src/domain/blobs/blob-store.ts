import type { Digest } from '#core/digest';
import type { RepositoryName } from '#core/reference';
import type { Blob, UploadedBlob } from '#domain/blobs/blob';

/** A blob that shall be linked to another repository. */
export interface BlobMount {
  readonly digest: Digest;
  /** Repositories whose link permits the mount; the caller may pull from each project named. */
  readonly from: { readonly repository: RepositoryName } | { readonly anyOfProjects: readonly string[] };
  readonly projectId: number;
  readonly repository: RepositoryName;
  readonly nowMs: number;
}

/** Rows of blobs and of their links to repositories. Every method is one D1 batch or one query. */
export interface BlobStore {
  /** The blob, if it is linked to the repository and not being deleted. */
  findLinked(repository: RepositoryName, digest: Digest): Promise<Blob | undefined>;

  /** As {@link findLinked}, past every replica, and marks the blob as wanted when nothing refers to it. */
  findLinkedAndTouch(repository: RepositoryName, digest: Digest, nowMs: number): Promise<Blob | undefined>;

  /**
   * Makes an upload a blob of the repository, creating the repository's row when it is the first. May be repeated.
   * Answers the blob as it now stands: when the content was there already, its object key is the older one and the
   * uploaded object is the caller's to delete. Rejects with NAME_UNKNOWN when the project is gone, with CONFLICT
   * when the name is an alias of a repository that was moved, with DENIED
   * when its quota is too small, and with BLOB_UPLOAD_UNKNOWN when this very object was committed before and has since been given up to garbage collection.
   */
  commitUpload(upload: UploadedBlob): Promise<Blob>;

  /**
   * Links a blob from elsewhere; undefined when there is none that the mount's `from` permits, DENIED when the project's
   * quota is too small, CONFLICT when the repository's name is an alias of one that was moved.
   */
  mount(mount: BlobMount): Promise<Blob | undefined>;

  /** Removes the link, unless an artifact of the repository needs the blob. */
  unlink(repository: RepositoryName, digest: Digest): Promise<'unlinked' | 'unknown' | 'in-use'>;

  /** Which of these object keys a blob row points at. Up to 1,000 keys. */
  keysInUse(objectKeys: readonly string[]): Promise<ReadonlySet<string>>;
}
