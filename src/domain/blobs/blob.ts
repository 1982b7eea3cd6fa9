import type { Digest } from '#core/digest';
import type { RepositoryName } from '#core/reference';

/** A content the registry holds, as far as serving it needs. */
export interface Blob {
  readonly id: number;
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Where its bytes are. */
  readonly objectKey: string;
}

/** A finished upload, about to become a blob of a repository. */
export interface UploadedBlob {
  readonly projectId: number;
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly objectKey: string;
  readonly nowMs: number;
}
