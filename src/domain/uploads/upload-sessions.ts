import type { Digest } from '#core/digest';
import type { StoredPart } from '#domain/blobs/blob-storage';
import type { UploadLayout } from '#domain/uploads/session';

/** Somebody else writes, or the bytes do not belong at the offset. */
export interface Refusal {
  readonly kind: 'refused';
  readonly offsetBytes: number;
}

/** The upload was cancelled or finished. */
export interface Gone {
  readonly kind: 'gone';
}

export type ClaimAnswer =
  | { readonly kind: 'granted'; readonly epoch: number; readonly layout: UploadLayout }
  | Refusal
  | Gone;

export type RecordAnswer = { readonly kind: 'recorded' } | Refusal | Gone;

export type FinishAnswer =
  | { readonly kind: 'granted'; readonly layout: UploadLayout; readonly parts: readonly StoredPart[] }
  | { readonly kind: 'done' }
  | Refusal
  | Gone;

export type DiscardAnswer = { readonly kind: 'discarded'; readonly layout: UploadLayout } | Refusal | Gone;

/** What a writer has stored. */
export interface Progress {
  /** The writer's claim; none for a body that was stored without one, which is recorded only as the very first. */
  readonly epoch?: number | undefined;
  readonly layout: UploadLayout;
  /** Full parts stored since the last record. */
  readonly newParts: readonly StoredPart[];
  /** Whether this writer is through. */
  readonly isLast: boolean;
}

/** The sessions of uploads. An id nobody has written to is an open, empty session. */
export interface UploadSessions {
  /** Bytes so far; undefined when the upload was cancelled or finished. */
  offset(id: string): Promise<number | undefined>;
  /** Makes the caller the only writer, for a lease that each {@link record} and {@link renew} prolongs. */
  claim(id: string, firstByte: number | undefined): Promise<ClaimAnswer>;
  record(id: string, progress: Progress): Promise<RecordAnswer>;
  /** Prolongs the lease; false when another writer has taken over. */
  renew(id: string, epoch: number): Promise<boolean>;
  /** The full parts of the multipart object under way. */
  parts(id: string): Promise<readonly StoredPart[]>;
  /** Ends writing, for good or until the lease passes. The same digest may be asked for again at any time. */
  finish(id: string, digest: Digest): Promise<FinishAnswer>;
  markDone(id: string, digest: Digest): Promise<void>;
  /** Gives the upload up. One that is being finished can be given up only by whoever finishes it as `digest`. */
  discard(id: string, digest?: Digest): Promise<DiscardAnswer>;
}
