import type { Digest } from '#core/digest';
import { AppError } from '#core/errors';

/** Of many blobs the first are told. */
const MAX_TOLD = 100;

/** A blob that a manifest asks for and that the repository does not hold as described. */
export interface UnfitBlob {
  readonly digest: Digest;
  /** The size the manifest says, in bytes. */
  readonly declaredBytes: number;
  /** The size it has; undefined when it is not linked to the repository, or about to be deleted. */
  readonly actualBytes: number | undefined;
}

/** MANIFEST_BLOB_UNKNOWN when any is missing, else MANIFEST_INVALID for those of another size, which docker refuses. */
export function refusalOf(unfit: readonly UnfitBlob[], cause: unknown): AppError {
  const missing = unfit.filter((blob) => blob.actualBytes === undefined).map((blob) => blob.digest);
  if (missing.length > 0 || unfit.length === 0) {
    return new AppError('MANIFEST_BLOB_UNKNOWN', { detail: { digests: missing.slice(0, MAX_TOLD) }, cause });
  }
  const sizes = unfit.slice(0, MAX_TOLD).map(({ digest, declaredBytes, actualBytes }) => ({
    digest,
    size: declaredBytes,
    actual: actualBytes,
  }));
  const message = 'the manifest says another size of a blob than it has';
  return new AppError('MANIFEST_INVALID', { message, detail: { reason: 'size-mismatch', sizes }, cause });
}
