import type { Digest } from '#core/digest';
import type { SavedHash } from '#core/running-hash';
import type { StoredPart } from '#domain/blobs/blob-storage';

/** An object that holds bytes of an unfinished upload by itself. */
export interface CarryObject {
  readonly objectKey: string;
  readonly sizeBytes: number;
  /** The digest its labels name, if they do. */
  readonly labelledDigest?: Digest | undefined;
}

/** A multipart object under way. Its parts are equal but for the tail; they are kept beside the session. */
export interface MultipartObject {
  readonly objectKey: string;
  readonly uploadId: string;
  readonly partSizeBytes: number;
  readonly fullParts: number;
  /** Part numbers given up, because a writer that broke off may still be writing under them. */
  readonly skippedNumbers: number;
  /** The bytes after the last full part, when they have been written as the last part. */
  readonly tail?: StoredPart | undefined;
}

/** What is known of the digest of the bytes so far: the digest itself, or a state from which hashing goes on. */
export type HashSoFar =
  | { readonly kind: 'digest'; readonly digest: Digest }
  | { readonly kind: 'saved'; readonly saved: SavedHash };

/**
 * Where the bytes of an upload are.
 *
 * | multipart | carry | the bytes are                                                                       |
 * | --------- | ----- | ----------------------------------------------------------------------------------- |
 * | –         | –     | none                                                                                |
 * | –         | yes   | all in the carry                                                                    |
 * | yes       | –     | in parts; a tail among them is taken to be the end of the blob                      |
 * | yes       | yes   | in parts, and the bytes after the last full one in the carry (and in a tail part)   |
 */
export interface UploadLayout {
  readonly offsetBytes: number;
  readonly carry?: CarryObject | undefined;
  readonly multipart?: MultipartObject | undefined;
  readonly hash?: HashSoFar | undefined;
  /** Whether this client has been seen to send a stream in pieces. */
  readonly isChunked: boolean;
}

export const EMPTY_LAYOUT: UploadLayout = { offsetBytes: 0, isChunked: false };

/** The state of an upload, owned by its `UploadSession` object. */
export interface Session {
  readonly phase: 'open' | 'finishing' | 'done' | 'discarded';
  readonly layout: UploadLayout;
  /** Counts the writers; what an earlier one reports is refused. */
  readonly epoch: number;
  /** Until when the present writer is waited for; 0 when there is none. */
  readonly leaseUntilMs: number;
  /** What the upload is being, or has been, finished as. */
  readonly digest?: Digest | undefined;
  /** Whether somebody began to finish it as another digest and was overtaken: that request may still be at work. */
  readonly isOvertaken?: boolean | undefined;
  readonly touchedAtMs: number;
}

export const FRESH_SESSION: Session = {
  phase: 'open',
  layout: EMPTY_LAYOUT,
  epoch: 0,
  leaseUntilMs: 0,
  touchedAtMs: 0,
};

/** Parts a writer may have under way that the session has not heard of. */
const MAX_UNRECORDED_PARTS = 2;

/** The number the next part gets. */
export function nextPartNumber(multipart: MultipartObject): number {
  return multipart.fullParts + multipart.skippedNumbers + 1;
}

/**
 * What may be relied on when a writer broke off: parts it had under way may still land, so their numbers are given up;
 * a tail that also stands in a carry may have been replaced, so the carry alone counts.
 */
export function afterBrokenWriter(layout: UploadLayout): UploadLayout {
  const { multipart, carry } = layout;
  if (!multipart) return layout;
  const skippedNumbers = multipart.skippedNumbers + MAX_UNRECORDED_PARTS;
  return { ...layout, multipart: { ...multipart, skippedNumbers, tail: carry ? undefined : multipart.tail } };
}
