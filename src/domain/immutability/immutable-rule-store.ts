import type { ListingFilter, ListingKeys } from '#core/listing-filter';
import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import type { ImmutableRule, ImmutableRuleDraft } from '#domain/immutability/immutable-rule';

/** What a listing of rules filters by. */
export const RULE_KEYS = {
  id: { of: 'integer', by: ['exact', 'any-of', 'range'] },
  disabled: { of: 'flag', by: ['exact'] },
} as const satisfies ListingKeys;

export type RuleFilter = ListingFilter<typeof RULE_KEYS>;

export const RULE_ORDERS = ['id', 'disabled'] as const;

export interface RulePage extends OffsetPage {
  readonly orderBy: (typeof RULE_ORDERS)[number];
  readonly isDescending: boolean;
}

/** Rows of immutable tag rules. Writes are one batch each. */
export interface ImmutableRuleStore {
  list(
    projectId: number,
    filter: RuleFilter,
    page: RulePage,
  ): Promise<{ readonly items: readonly ImmutableRule[]; readonly total: number }>;

  find(projectId: number, ruleId: number): Promise<ImmutableRule | undefined>;

  /** Answers the id. CONFLICT when the project has one with these selectors, PRECONDITION when it has enough. */
  insert(projectId: number, draft: ImmutableRuleDraft, mutation: Mutation): Promise<number>;

  /** NOT_FOUND when the rule is gone, CONFLICT when another has these selectors. */
  update(rule: ImmutableRule, draft: ImmutableRuleDraft, mutation: Mutation): Promise<void>;

  /** NOT_FOUND when the rule is gone. */
  delete(rule: ImmutableRule, mutation: Mutation): Promise<void>;
}
