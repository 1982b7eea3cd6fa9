import { selectsRepository, selectsTag, selectsTags, type TagSelector } from '#domain/policies/selector';
import type { Candidate } from '#domain/retention/candidate';
import { compareRanks, type Rank, type RankThreshold } from '#domain/retention/ranking';
import type { RetentionRule } from '#domain/retention/retention-rule';

const DAY_MS = 24 * 60 * 60_000;
const SECOND_MS = 1_000;
/** Before every time: what was never pulled comes last of those that were pulled. */
const NEVER_MS = -1;

/** What rules go by, beside tags. */
type Times = Pick<Candidate, 'id' | 'pushedAtMs' | 'pulledAtMs'>;

/** The rules that are about a repository: enabled ones whose selectors choose it, by its name within the project. */
export function rulesFor(rules: readonly RetentionRule[], nameInProject: string): readonly RetentionRule[] {
  return rules.filter(
    ({ isDisabled, repositorySelectors }) =>
      !isDisabled && repositorySelectors.every((selector) => selectsRepository(selector, nameInProject)),
  );
}

/** What a rule ranks an artifact by; undefined of a rule that does not count artifacts. */
export function rankOf({ template }: RetentionRule, candidate: Times): Rank | undefined {
  const { id, pushedAtMs, pulledAtMs = NEVER_MS } = candidate;
  switch (template) {
    case 'latestPushedK':
      return { id, atMs: pushedAtMs };
    case 'latestPulledN':
      return { id, atMs: pulledAtMs };
    case 'latestActiveK':
      return { id, atMs: Math.max(pushedAtMs, pulledAtMs) };
    default:
      return undefined;
  }
}

/** Artifacts that a rule keeps by their number; undefined of a rule that does not count them. */
export function countOf({ template, parameter }: RetentionRule): number | undefined {
  const isCounting = template === 'latestPushedK' || template === 'latestPulledN' || template === 'latestActiveK';
  return isCounting ? parameter : undefined;
}

/**
 * Whether a rule keeps an artifact that its selectors choose. Times are compared in whole seconds, as in Harbor
 * (`harbor:src/pkg/retention/policy/rule/`).
 */
function keeps(rule: RetentionRule, candidate: Times, threshold: RankThreshold, nowMs: number): boolean {
  const { template, parameter = 0 } = rule;
  const { pushedAtMs, pulledAtMs } = candidate;
  switch (template) {
    case 'always':
      return true;
    case 'nDaysSinceLastPush':
      return isSince(pushedAtMs, nowMs - parameter * DAY_MS);
    case 'nDaysSinceLastPull':
      return pulledAtMs !== undefined && isSince(pulledAtMs, nowMs - parameter * DAY_MS);
    case 'lastXDays':
      return Math.floor(pushedAtMs / SECOND_MS) * SECOND_MS > nowMs - parameter * DAY_MS;
    case 'latestPushedK':
    case 'latestPulledN':
    case 'latestActiveK': {
      const rank = rankOf(rule, candidate);
      return threshold === undefined || (rank !== undefined && compareRanks(rank, threshold) >= 0);
    }
  }
}

function isSince(atMs: number, earliestMs: number): boolean {
  return Math.floor(atMs / SECOND_MS) >= Math.floor(earliestMs / SECOND_MS);
}

/** Finds out which rules choose an artifact, tag by tag, so that nobody has to hold all its tags. */
export class TagWitness {
  /** The selectors that none of its tags has met, by rule. */
  readonly #unmet: Set<TagSelector>[];

  constructor(rules: readonly RetentionRule[], { tagCount }: Pick<Candidate, 'tagCount'>) {
    this.#unmet = rules.map(
      ({ tagSelectors }) => new Set(tagSelectors.filter((each) => tagCount > 0 || !selectsTags(each, []))),
    );
  }

  see(tag: string): void {
    for (const unmet of this.#unmet) {
      for (const selector of unmet) {
        if (selectsTag(selector, tag)) unmet.delete(selector);
      }
    }
  }

  /** Whether the rule of this index chooses the artifact, by the tags seen. */
  isChosenBy(index: number): boolean {
    return this.#unmet[index]?.size === 0;
  }
}

/** Whether one of the rules keeps the artifact. */
export function isRetained(
  rules: readonly RetentionRule[],
  candidate: Times,
  { witness, thresholds, nowMs }: { witness: TagWitness; thresholds: readonly RankThreshold[]; nowMs: number },
): boolean {
  return rules.some((rule, index) => witness.isChosenBy(index) && keeps(rule, candidate, thresholds[index], nowMs));
}

/**
 * Whether retention would keep an untagged artifact, for whoever cleans up without running the rules: where only a rule
 * that counts artifacts would, it counts as kept, and goes when retention itself runs.
 */
export function keepsUntagged(
  rules: readonly RetentionRule[],
  nameInProject: string,
  artifact: Omit<Times, 'id'>,
  nowMs: number,
): boolean {
  const chosen = rulesFor(rules, nameInProject);
  const candidate = { ...artifact, id: 0, tagCount: 0 };
  return isRetained(chosen, candidate, { witness: new TagWitness(chosen, candidate), thresholds: [], nowMs });
}
