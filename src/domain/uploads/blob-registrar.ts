import type { Digest } from '#core/digest';
import type { RepositoryName } from '#core/reference';
import type { Blob, UploadedBlob } from '#domain/blobs/blob';

/** What uploads need of the rows of blobs; `BlobStore` has it all. */
export interface BlobRegistrar {
  /** The blob, if it is linked to the repository and not being deleted. */
  findLinked(repository: RepositoryName, digest: Digest): Promise<Blob | undefined>;

  /**
   * Makes an upload a blob of the repository. May be repeated. When the content was there already, the answer names the
   * older object, and the uploaded one is the caller's to delete. DENIED when the project's quota is too small.
   */
  commitUpload(upload: UploadedBlob): Promise<Blob>;

  /** Which of these object keys a blob row points at. Up to 1,000 keys. */
  keysInUse(objectKeys: readonly string[]): Promise<ReadonlySet<string>>;
}
