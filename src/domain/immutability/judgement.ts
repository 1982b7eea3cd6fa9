import type { RuleSelectors } from '#domain/immutability/immutable-rule';

/** The enabled rules of a project in the order of their ids, as the database writes them: a JSON list of JSON texts. */
export type RulesInForce = string & { readonly __brand: 'RulesInForce' };

export const NO_RULES = '[]' as RulesInForce;

/** What allowed a deed. Its batch guards that it is still so, and else rejects with {@link RulesChanged}. */
export interface Judgement {
  readonly rules: RulesInForce;
  /** Of a copy: tags that move, none of them immutable. Undefined where any may. */
  readonly movedTags: readonly string[] | undefined;
}

/** A batch that was rolled back because a deed was judged by rules that are no longer those of the project. */
export class RulesChanged extends Error {
  constructor(options?: ErrorOptions) {
    super('the immutable tag rules have changed', options);
    this.name = 'RulesChanged';
  }
}

export function parseRules(rules: RulesInForce): readonly RuleSelectors[] {
  return (JSON.parse(rules) as string[]).map((text) => JSON.parse(text) as RuleSelectors);
}
