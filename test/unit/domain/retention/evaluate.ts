import { Ranking } from '#domain/retention/ranking';
import type { RetentionRule } from '#domain/retention/retention-rule';
import { newRunState, type RunState, rankedTogether, withThresholds } from '#domain/retention/retention-run';
import { countOf, isRetained, rankOf, rulesFor, TagWitness } from '#domain/retention/rule-set';
import type { Artifact } from '#test/unit/domain/retention/candidates';

/** The engine over a list, in passes and pages as the job has them; answers the ids that stay. */
export function retained(
  allRules: readonly RetentionRule[],
  repository: string,
  artifacts: readonly Artifact[],
  { nowMs, pageSize }: { readonly nowMs: number; readonly pageSize: number },
): ReadonlySet<number> {
  const rules = rulesFor(allRules, repository);
  if (rules.length === 0) return new Set(artifacts.map(({ id }) => id));
  let state = newRunState(rules, nowMs);
  while (state.phase === 'rank') state = pass(state, rules, artifacts, pageSize);
  const thresholds = state.thresholds.map((threshold) => threshold ?? undefined);
  const stay = artifacts.filter((each) => isRetained(rules, each, { witness: seen(rules, each), thresholds, nowMs }));
  return new Set(stay.map(({ id }) => id));
}

function pass(state: RunState, rules: readonly RetentionRule[], artifacts: readonly Artifact[], pageSize: number) {
  const indexes = rankedTogether(rules, state.ranked);
  let texts = indexes.map(() => '');
  const inOrder = [...artifacts].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const rankings = () =>
    indexes.map((index, at) => {
      const counting = rules[index];
      return new Ranking((counting && countOf(counting)) ?? 0, texts[at]);
    });
  let current = rankings();
  for (const [position, each] of inOrder.entries()) {
    // Between two pages all that is known is what was written down.
    if (position % pageSize === 0) {
      texts = current.map((ranking) => ranking.toText());
      current = rankings();
    }
    const witness = seen(rules, each);
    for (const [at, index] of indexes.entries()) {
      const counting = rules[index];
      const rank = counting && witness.isChosenBy(index) ? rankOf(counting, each) : undefined;
      if (rank) current[at]?.add(rank);
    }
  }
  const found = new Map(indexes.map((index, at) => [index, current[at]?.threshold()]));
  return withThresholds(state, rules, found);
}

function seen(rules: readonly RetentionRule[], each: Artifact): TagWitness {
  const witness = new TagWitness(rules, each);
  for (const tag of each.tags) witness.see(tag);
  return witness;
}
