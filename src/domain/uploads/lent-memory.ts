/**
 * Memory that has seen neither a read nor a write for so long belongs to a request that the platform has cancelled,
 * whose `finally` never ran. It is longer than the 60 s a silent client is waited for.
 */
export const ABANDONED_AFTER_MS = 120_000;

/** Memory that is lent out. A BYOB read moves the memory, so `bytes` is another view of it after each read. */
export interface LentMemory {
  bytes: Uint8Array;
  touchedAtMs: number;
  /** Whether somebody waits for memory; whoever fills this slowly then gives it up sooner. */
  readonly isWanted?: () => boolean;
}
