/** One deed for the audit log; written in the batch of the deed itself. */
export interface AuditEntry {
  readonly projectId: number | undefined;
  /** Harbor's operation names; with the resource type they make one of `event-type.ts`. */
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

/** An entry of the audit log, as it is read. */
export interface AuditRecord extends Omit<AuditEntry, 'projectId'> {
  readonly id: number;
  readonly username: string;
  readonly isSuccess: boolean;
  readonly atMs: number;
}

/** Projects whose entries one listing can bring together. */
export const MAX_PROJECTS_LISTED = 100;

/** Whose entries somebody may list. */
export type AuditScope =
  | { readonly kind: 'all' }
  /** Those of projects, of whichever. */
  | { readonly kind: 'any-project' }
  /** Those of these projects, at most {@link MAX_PROJECTS_LISTED}. */
  | { readonly kind: 'projects'; readonly ids: readonly number[] };
