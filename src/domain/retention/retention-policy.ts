import type { RetentionRule } from '#domain/retention/retention-rule';

/** The project id of the policy that stands in where a project has none. */
export const DEFAULT_POLICY_SCOPE = 0;

/** What somebody who may change a policy decides. */
export interface RetentionDraft {
  readonly rules: readonly RetentionRule[];
  /** Six fields, UTC; empty for a policy that runs when it is asked to. */
  readonly cron: string;
}

/** Which artifacts of a project are kept; all others go when it runs. */
export interface RetentionPolicy extends RetentionDraft {
  readonly id: number;
  /** {@link DEFAULT_POLICY_SCOPE} for the one of all projects that have none. */
  readonly projectId: number;
  /** When it runs next by itself. */
  readonly dueAtMs: number | undefined;
}
