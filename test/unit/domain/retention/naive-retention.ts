import { selectsRepository, selectsTags } from '#domain/policies/selector';
import type { RetentionRule } from '#domain/retention/retention-rule';
import { type Artifact, DAY_MS } from '#test/unit/domain/retention/candidates';

/**
 * Harbor's process on whole lists (`harbor:src/pkg/retention/policy/alg/or/processor.go` and the rules beside it): each rule
 * selects, then takes of the selected; what no rule takes goes. Answers the ids that stay, of all when no rule is about the
 * repository. Artifacts of one time are taken the newer row first, where Harbor's order is anybody's guess.
 */
export function naivelyRetained(
  rules: readonly RetentionRule[],
  repository: string,
  artifacts: readonly Artifact[],
  nowMs: number,
): ReadonlySet<number> {
  const about = rules.filter(
    (rule) => !rule.isDisabled && rule.repositorySelectors.every((each) => selectsRepository(each, repository)),
  );
  if (about.length === 0) return new Set(artifacts.map(({ id }) => id));
  const taken = about.flatMap((rule) => {
    const selected = artifacts.filter(({ tags }) => rule.tagSelectors.every((each) => selectsTags(each, tags)));
    return take(rule, selected, nowMs);
  });
  return new Set(taken.map(({ id }) => id));
}

const seconds = (ms: number) => Math.floor(ms / 1000);

function take({ template, parameter = 0 }: RetentionRule, selected: readonly Artifact[], nowMs: number) {
  const earliest = nowMs - parameter * DAY_MS;
  const newest = (timeOf: (artifact: Artifact) => number) =>
    [...selected].sort((a, b) => timeOf(b) - timeOf(a) || b.id - a.id).slice(0, parameter);
  switch (template) {
    case 'always':
      return selected;
    case 'latestPushedK':
      return newest(({ pushedAtMs }) => pushedAtMs);
    case 'latestPulledN':
      return newest(({ pulledAtMs }) => pulledAtMs ?? -1);
    case 'latestActiveK':
      return newest(({ pushedAtMs, pulledAtMs }) => Math.max(pushedAtMs, pulledAtMs ?? -1));
    case 'nDaysSinceLastPush':
      return selected.filter(({ pushedAtMs }) => seconds(pushedAtMs) >= seconds(earliest));
    case 'nDaysSinceLastPull':
      return selected.filter(({ pulledAtMs }) => pulledAtMs !== undefined && seconds(pulledAtMs) >= seconds(earliest));
    case 'lastXDays':
      return selected.filter(({ pushedAtMs }) => seconds(pushedAtMs) * 1000 > earliest);
  }
}
