/** Rows of logins under way. */
export interface PendingLoginStore {
  put(idHash: string, sealedBody: string, expiresAtMs: number): Promise<void>;

  /** Undefined when there is none, or its time is up. */
  find(idHash: string, nowMs: number): Promise<string | undefined>;

  /** The same, and removes it: of two that take one row, one gets it. */
  take(idHash: string, nowMs: number): Promise<string | undefined>;

  /** Forgets up to 1,000 whose time was up before. */
  deleteExpired(beforeMs: number): Promise<void>;
}
