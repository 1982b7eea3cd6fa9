import type { ConditionBy, RangeCondition } from '#core/listing-filter';
import type { OffsetPage } from '#core/pagination';
import type { AuditRecord, AuditScope } from '#domain/audit/audit';
import type { Mutation } from '#domain/events/mutation';

type TextCondition = ConditionBy<'exact' | 'fuzzy' | 'any-of', string>;

export interface AuditFilter {
  readonly id?: ConditionBy<'exact', number> | undefined;
  readonly projectId?: ConditionBy<'exact', number> | undefined;
  readonly username?: TextCondition | undefined;
  readonly operation?: TextCondition | undefined;
  readonly resourceType?: TextCondition | undefined;
  readonly resource?: TextCondition | undefined;
  readonly description?: TextCondition | undefined;
  readonly isSuccess?: ConditionBy<'exact', boolean> | undefined;
  /** Milliseconds. */
  readonly atMs?: ConditionBy<'exact', number> | RangeCondition | undefined;
}

export interface AuditPage extends OffsetPage {
  /** Newest first. */
  readonly isDescending: boolean;
}

/** The audit log. Entries of mutations are written by the mutations' own batches. */
export interface AuditStore {
  /**
   * A page by time, and how many entries there are to be listed. A listing that is filtered, but for one project, is of
   * the first 10,000 entries in its order (of each of n projects, 10,000 / n), and what a filter asks for besides is looked for in those: a user's own, an
   * operation's or a project's where the filter names one, and within the times it names.
   */
  list(
    scope: AuditScope,
    filter: AuditFilter,
    page: AuditPage,
  ): Promise<{ readonly items: readonly AuditRecord[]; readonly total: number }>;

  /** Writes the entry of a deed that changed nothing else, and perhaps failed. */
  append(mutation: Mutation): Promise<void>;

  /** Forgets, of the first 1,000 hidden entries from before this, those that are not still to be forwarded. */
  forgetHiddenBefore(atMs: number): Promise<void>;
}
