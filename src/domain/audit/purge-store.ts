import type { Progress } from '#domain/jobs/progress';

/** Entries of an operation in the order of time. */
export interface PurgeWindow {
  readonly operation: string;
  readonly beforeMs: number;
  /** The last entry of the window before; undefined at the beginning. */
  readonly after: PurgePosition | undefined;
  readonly limit: number;
}

interface PurgePosition {
  readonly atMs: number;
  readonly id: number;
}

export interface PurgeCandidate extends PurgePosition {
  readonly resourceType: string;
  /** Still to be forwarded: it stays. */
  readonly isAwaited: boolean;
}

/** The audit log, as purges go through it. */
export interface PurgeStore {
  /** Entries that can be listed, the oldest first. */
  read(window: PurgeWindow): Promise<readonly PurgeCandidate[]>;

  /** Deletes entries together with the progress of the task. */
  delete(ids: readonly number[], progress: Progress): Promise<void>;
}
