/** One deed for the audit log; written in the batch of the deed itself. */
export interface AuditEntry {
  readonly projectId: number | undefined;
  /** Harbor's operation names: `create`, `delete`, `pull`, `update`. */
  readonly operation: string;
  readonly resourceType: string;
  readonly resource: string;
  readonly description: string;
}

/** Who is behind a mutation, and which request it came with. */
export interface Actor {
  readonly username: string;
  /** The address the platform reports for the client; never one that the client sent. */
  readonly sourceAddress: string | undefined;
}
