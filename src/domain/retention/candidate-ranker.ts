import type { CandidatePages, SeenCandidate } from '#domain/retention/candidate-pages';
import { Ranking } from '#domain/retention/ranking';
import { isOfThisRun, nextSlice, type RepositoryWork } from '#domain/retention/repository-work';
import { rankedTogether, withThresholds } from '#domain/retention/retention-run';
import { countOf, rankOf } from '#domain/retention/rule-set';

/** Artifacts read at once, and in one slice. */
const PAGE = 500;
const PAGES_PER_SLICE = 10;

/** Finds out for the rules that count artifacts which is the last that each keeps. */
export class CandidateRanker {
  readonly #pages: CandidatePages;

  constructor(deps: { readonly pages: CandidatePages }) {
    this.#pages = deps.pages;
  }

  async runSlice(work: RepositoryWork): Promise<void> {
    const { rules, state, task, slice, immutability } = work;
    const indexes = rankedTogether(rules, state.ranked);
    const rankings = new Map(indexes.map((index, at) => [index, rankingOf(work, index, state.rankings[at])]));
    let after = state.after;
    for (let page = 0; page < PAGES_PER_SLICE; page++) {
      const seen = await this.#pages.read(task.repositoryId, { after, limit: PAGE }, rules, immutability.tags);
      for (const each of seen) if (isOfThisRun(work, each)) rank(work, each, rankings);
      after = seen.at(-1)?.candidate.digest ?? after;
      if (seen.length === PAGE) continue;
      const found = new Map([...rankings].map(([index, ranking]) => [index, ranking.threshold()]));
      return slice.save(nextSlice(work, withThresholds(state, rules, found)));
    }
    const texts = [...rankings.values()].map((ranking) => ranking.toText());
    await slice.save(nextSlice(work, { ...state, after, rankings: texts }));
  }
}

function rankingOf({ rules }: RepositoryWork, index: number, text = ''): Ranking {
  const rule = rules[index];
  return new Ranking((rule && countOf(rule)) ?? 0, text);
}

function rank({ rules }: RepositoryWork, seen: SeenCandidate, rankings: ReadonlyMap<number, Ranking>): void {
  for (const [index, ranking] of rankings) {
    const rule = rules[index];
    const place = rule && seen.witness.isChosenBy(index) ? rankOf(rule, seen.candidate) : undefined;
    if (place) ranking.add(place);
  }
}
