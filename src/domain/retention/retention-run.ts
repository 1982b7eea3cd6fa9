import type { Rank } from '#domain/retention/ranking';
import type { RetentionRule } from '#domain/retention/retention-rule';
import { countOf } from '#domain/retention/rule-set';

/** What a run was begun with; its tasks go by this, whatever becomes of the policy. */
export interface RetentionRun {
  readonly policyId: number;
  readonly rules: readonly RetentionRule[];
  readonly isDryRun: boolean;
  /** Whether it is of the policy that stands in where a project has none. */
  readonly isDefault: boolean;
  /** Who asked for it, by name. */
  readonly operator: string;
}

/** What the task of one repository gets. */
export interface RepositoryTask {
  readonly projectId: number;
  readonly repositoryId: number;
  /** Its name within the project when the run was planned: rules were chosen by it. */
  readonly repository: string;
}

/** Artifacts that rules may rank beside each other in one pass over a repository, which bounds a task's row and memory. */
const MAX_RANKED_AT_ONCE = 2 ** 15;

/** An artifact that went, as whoever is told of it knows it. */
export interface DeletedArtifact {
  readonly digest: string;
  readonly tag?: string | undefined;
}

/**
 * Where the work on one repository stands: first it finds out for each rule that counts which artifact is the last it keeps,
 * then it says of each artifact what becomes of it, and then, unless that is all that was asked for, it deletes.
 */
export interface RunState {
  readonly phase: 'rank' | 'report' | 'delete';
  /** The digest that the next page begins behind. */
  readonly after: string;
  /** What was pushed later is none of this run's. */
  readonly startedAtMs: number;
  /** Of each rule the last that it keeps; null where it keeps all, or does not count. */
  readonly thresholds: readonly (Rank | null)[];
  /** Rules from here on have no threshold yet. */
  readonly ranked: number;
  /** What the rules of this pass have ranked so far (`Ranking.toText`). */
  readonly rankings: readonly string[];
  readonly counts: RunCounts;
  /** Lines of the table that are written. */
  readonly lines: number;
  /** Passes of deletion so far, and what the present one has seen. */
  readonly pass: number;
  readonly deletedInPass: number;
  readonly isBlocked: boolean;
  /** The first of those that went. */
  readonly deleted: readonly DeletedArtifact[];
}

export interface RunCounts {
  readonly total: number;
  /** To go, by the report. */
  readonly deletable: number;
  readonly immutable: number;
  /** Would go, but for an index that stays. */
  readonly failed: number;
  /** Gone. */
  readonly deleted: number;
}

export function newRunState(rules: readonly RetentionRule[], startedAtMs: number): RunState {
  const thresholds = rules.map(() => null);
  const counts = { total: 0, deletable: 0, immutable: 0, failed: 0, deleted: 0 };
  const state = { after: '', startedAtMs, thresholds, ranked: 0, rankings: [], counts, lines: 0 };
  const none = { pass: 0, deletedInPass: 0, isBlocked: false, deleted: [] };
  return withNextRanking({ ...state, ...none, phase: 'rank' }, rules);
}

/** Rules that are ranked in the present pass, by their indexes: as many as fit beside each other, and one at least. */
export function rankedTogether(rules: readonly RetentionRule[], from: number): readonly number[] {
  const together: number[] = [];
  let ranked = 0;
  for (const [index, rule] of rules.entries()) {
    const count = countOf(rule);
    if (index < from || count === undefined) continue;
    if (together.length > 0 && ranked + count > MAX_RANKED_AT_ONCE) break;
    together.push(index);
    ranked += count;
  }
  return together;
}

/** The state when a pass has ranked its rules: the next pass, or the report when there is none. */
export function withThresholds(
  state: RunState,
  rules: readonly RetentionRule[],
  found: ReadonlyMap<number, Rank | undefined>,
): RunState {
  const thresholds = state.thresholds.map((known, index) => found.get(index) ?? known);
  const ranked = Math.max(state.ranked, ...[...found.keys()].map((index) => index + 1));
  return withNextRanking({ ...state, thresholds, ranked, rankings: [], after: '' }, rules);
}

function withNextRanking(state: RunState, rules: readonly RetentionRule[]): RunState {
  const isRanked = rankedTogether(rules, state.ranked).length === 0;
  return { ...state, phase: isRanked ? 'report' : 'rank' };
}

/** What a task brings, as Harbor counts it. */
export function runResults({ counts, phase }: Pick<RunState, 'counts' | 'phase'>, isDryRun: boolean) {
  const gone = isDryRun || phase !== 'delete' ? counts.deletable : counts.deleted;
  return { total: counts.total, retained: Math.max(counts.total - gone, 0) };
}
