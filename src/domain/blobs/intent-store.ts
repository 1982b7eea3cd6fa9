/** Prefixes of object keys under which objects may be written before any row points at them. */
export interface IntentStore {
  /** Puts the prefix on record; it is durable when this returns. */
  open(prefix: string, nowMs: number): Promise<void>;
  /** Prefixes that sort before `bound`, in order, which is that of their age. */
  before(bound: string, limit: number): Promise<readonly string[]>;
  /** Forgets the prefix, and which of the objects under it must not be used any more. */
  close(prefix: string): Promise<void>;
}
