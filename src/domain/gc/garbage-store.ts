import type { Digest } from '#core/digest';
import type { Progress } from '#domain/jobs/progress';

/** Of what was looked at something is different by now, and nothing was done; look again. */
export type Outcome = 'done' | 'changed';

/** A link of a blob. */
export interface Link {
  readonly repositoryId: number;
  readonly blobId: number;
}

/** A content that nothing needs. */
export interface UnneededBlob {
  readonly digest: string;
  readonly objectKey: string;
  readonly sizeBytes: number;
  readonly isManifest: boolean;
}

/** A page of what was found; `next` is where the next page begins, undefined after the last. */
export interface Found<T, Position> {
  readonly items: readonly T[];
  readonly next: Position | undefined;
}

/** The garbage in a page of candidates. */
export interface Sifted<T, Position> extends Found<T, Position> {
  /** Candidates that are no garbage, or none yet. */
  readonly left: number;
}

/** Deletions that nobody can undo any more, by their ids in the trash. */
export interface OldTrash {
  readonly artifactIds: readonly number[];
  readonly tagIds: readonly number[];
}

/**
 * Rows that garbage collection takes. What is found is looked at again in the batch that takes it; a batch carries the progress
 * of its slice, and so takes effect once.
 */
export interface GarbageStore {
  /** Deletions no later than `cutoffMs`, up to `limit` of each kind. */
  findTrash(cutoffMs: number, limit: number): Promise<OldTrash>;
  forgetTrash(trash: OldTrash, cutoffMs: number, progress: Progress): Promise<Outcome>;

  /** Among the candidates after `after`, links that no manifest of their repository needs, made and touched by `cutoffMs`. */
  findLinks(after: Link | undefined, cutoffMs: number, limit: number): Promise<Sifted<Link, Link>>;
  unlink(links: readonly Link[], cutoffMs: number, progress: Progress): Promise<Outcome>;

  /** Among the candidates after the blob `after`, blobs that nothing refers to, touched by `cutoffMs`. */
  findBlobs(after: number, cutoffMs: number, limit: number): Promise<Sifted<UnneededBlob, number>>;
  /** Deletes the rows of blobs, and puts it on record that their objects are to go. */
  doom(blobs: readonly UnneededBlob[], cutoffMs: number, progress: Progress): Promise<Outcome>;
}

/** Objects whose blobs are gone. */
export interface DoomedObjectStore {
  /** Keys of objects that may still be there. */
  pending(limit: number): Promise<readonly string[]>;
  /** Objects are gone. Keys that sort before `settledBound` can come from no upload any more, and are forgotten; the others
   * are when their intents are closed. */
  markDeleted(objectKeys: readonly string[], settledBound: string, progress: Progress): Promise<void>;
}

/** What a dry run reads, and remembers until the next. */
export interface DryRunStore {
  /** Forgets what the run before has remembered. */
  begin(progress: Progress): Promise<void>;
  /** Remembers the artifact and what would go with it, and whether the run would free them, or leave them in the trash. */
  deleteUntagged(
    artifact: { readonly repositoryId: number; readonly digest: Digest },
    isFreed: boolean,
    progress: Progress,
  ): Promise<void>;
  /** Deletions no later than `cutoffMs`, with those of what is remembered. */
  countTrash(cutoffMs: number): Promise<{ readonly artifacts: number; readonly tags: number }>;
  /** Blobs after `after` that nothing would refer to once the phases before had been. */
  findBlobs(after: number, cutoffMs: number, limit: number): Promise<Sifted<UnneededBlob, number>>;
}
