import type { ForwardedEntry } from '#domain/audit/syslog-message';

/** Entries that come next, in the order in which they were committed. */
export interface ForwardingBatch {
  /** Without those of types that the settings keep out of the log. */
  readonly entries: readonly ForwardedEntry[];
  /** The last entry looked at; undefined when there is none. */
  readonly lastId: number | undefined;
}

/**
 * How far the audit log has been forwarded. The log itself is what is still to be sent: its entries stay until they have
 * been. Who forwards holds a lease, under a token of their own; what they do without it has no effect.
 */
export interface ForwardingStore {
  /** Takes the lease; false while somebody else has it, nothing is to be tried yet, or nothing is forwarded. */
  claim(token: string, nowMs: number, leaseMs: number): Promise<boolean>;

  /** Of up to `limit` entries after the last that has been forwarded. */
  next(token: string, limit: number): Promise<ForwardingBatch>;

  /** Notes that everything up to this entry has been sent. False when the lease is lost. */
  advance(token: string, lastId: number, leaseUntilMs: number): Promise<boolean>;

  /** Gives the lease back, unless entries have come meanwhile: then false. */
  releaseWhenDone(token: string): Promise<boolean>;

  /** Gives the lease back, whatever is left. */
  release(token: string): Promise<void>;

  /** Gives the lease back after a failure; nobody takes it for `delaysMs[n]` after the n-th in a row, or the last. */
  releaseFailed(token: string, nowMs: number, delaysMs: readonly number[]): Promise<void>;
}
