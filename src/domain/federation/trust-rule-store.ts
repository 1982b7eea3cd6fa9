import type { Mutation } from '#domain/events/mutation';
import type { TrustRule, TrustRuleDraft } from '#domain/federation/trust-rule';

export interface RulePage {
  readonly offset: number;
  readonly limit: number;
}

/**
 * Rows of trust rules; those of deleted projects are not found. Updates and deletions give the project a new security
 * version, so that tokens made by the rule as it was are void within 10 s.
 */
export interface TrustRuleStore {
  list(projectId: number, page: RulePage): Promise<{ readonly items: readonly TrustRule[]; readonly total: number }>;

  find(projectId: number, ruleId: number): Promise<TrustRule | undefined>;

  /** The security version of a rule that is there and not disabled. */
  findSecurityVersion(ruleId: number): Promise<number | undefined>;

  /** Rules in use for an issuer and some audiences, of whatever project: {@link MAX_RULES_OF_AUDIENCE} an audience. */
  listTrusting(issuer: string, audiences: readonly string[]): Promise<readonly TrustRule[]>;

  /** Answers the id. Rejects with CONFLICT for a name that is taken, PRECONDITION for more than there may be. */
  insert(projectId: number, draft: TrustRuleDraft, mutation: Mutation): Promise<number>;

  /** Rejects with NOT_FOUND, CONFLICT and PRECONDITION. */
  update(rule: TrustRule, draft: TrustRuleDraft, mutation: Mutation): Promise<void>;

  /** Rejects with NOT_FOUND. */
  delete(rule: TrustRule, mutation: Mutation): Promise<void>;
}

export const MAX_RULES_OF_PROJECT = 100;
/** Rules for one issuer and audience in the whole registry: what a login may have to read. */
export const MAX_RULES_OF_AUDIENCE = 1_000;
