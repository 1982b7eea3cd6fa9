import type { Digest } from '#core/digest';
import type { CandidatePages, SeenCandidate } from '#domain/retention/candidate-pages';
import type { HeldArtifacts } from '#domain/retention/held-artifacts';
import {
  isOfThisRun,
  judge,
  lastSlice,
  nameOf,
  nextSlice,
  type RepositoryWork,
} from '#domain/retention/repository-work';
import { REPORT_HEAD, reportLine, reportSummary, type Verdict } from '#domain/retention/retention-report';
import type { RunCounts, RunState } from '#domain/retention/retention-run';

/** Artifacts in one slice: their lines, 230 characters each at most, are one piece of the log. */
const PAGE = 250;
/** Lines of the table at most; what follows is counted alone. */
const MAX_LINES = 20_000;

interface Judged {
  readonly seen: SeenCandidate;
  readonly verdict: Verdict;
}

/** Says of each artifact what becomes of it: the table of the log, and the numbers. */
export class RetentionReporter {
  readonly #pages: CandidatePages;
  readonly #held: HeldArtifacts;

  constructor(deps: { readonly pages: CandidatePages; readonly held: HeldArtifacts }) {
    this.#pages = deps.pages;
    this.#held = deps.held;
  }

  async runSlice(work: RepositoryWork): Promise<void> {
    const { rules, state, task, slice, immutability, run } = work;
    const seen = await this.#pages.read(
      task.repositoryId,
      { after: state.after, limit: PAGE },
      rules,
      immutability.tags,
    );
    const judged = await this.#judgeAll(
      work,
      seen.filter((each) => isOfThisRun(work, each)),
    );
    const lines = writeTable(work, judged);
    const counts = addCounts(state.counts, judged);
    const next: RunState = { ...state, counts, lines, after: seen.at(-1)?.candidate.digest ?? state.after };
    if (seen.length === PAGE) return slice.save(nextSlice(work, next));
    slice.log(reportSummary(counts));
    if (run.isDryRun || counts.deletable === 0) return slice.save(lastSlice(work, next));
    await slice.save(nextSlice(work, { ...next, phase: 'delete', after: '' }));
  }

  async #judgeAll(work: RepositoryWork, seen: readonly SeenCandidate[]): Promise<readonly Judged[]> {
    const own = seen.map((each): Judged => ({ seen: each, verdict: judge(work, each) }));
    const immutable = await this.#held.byCompanions(work, leaving(own));
    const judged = withVerdict(own, immutable, 'IMMUTABLE');
    return withVerdict(judged, await this.#held.byParents(work, leaving(judged)), 'ERR');
  }
}

function leaving(judged: readonly Judged[]): readonly SeenCandidate[] {
  return judged.filter(({ verdict }) => verdict === 'DEL').map(({ seen }) => seen);
}

function withVerdict(judged: readonly Judged[], held: ReadonlySet<Digest>, verdict: Verdict): readonly Judged[] {
  return judged.map((each) => (held.has(each.seen.candidate.digest) ? { ...each, verdict } : each));
}

/** Writes the lines there is room for; answers how many there are by now. */
function writeTable(work: RepositoryWork, judged: readonly Judged[]): number {
  const { slice, state } = work;
  const written = judged.slice(0, MAX_LINES - state.lines);
  const lines = written.map(({ seen, verdict }) => reportLine(seen, verdict));
  if (lines.length > 0) slice.log(['', ...(state.lines === 0 ? [REPORT_HEAD] : []), ...lines].join('\n'));
  if (written.length < judged.length && state.lines < MAX_LINES)
    slice.log('The table is full; the sums are of all artifacts.');
  for (const { seen } of written.filter(({ verdict }) => verdict === 'ERR')) {
    const { digest } = seen.candidate;
    slice.log(`Retention error for artifact image:${nameOf(work)}:${digest} : an index that stays points at it`);
  }
  return state.lines + (written.length < judged.length ? MAX_LINES - state.lines : written.length);
}

function addCounts(counts: RunCounts, judged: readonly Judged[]): RunCounts {
  const of = (verdict: Verdict) => judged.filter((each) => each.verdict === verdict).length;
  return {
    ...counts,
    total: counts.total + judged.length,
    deletable: counts.deletable + of('DEL'),
    immutable: counts.immutable + of('IMMUTABLE'),
    failed: counts.failed + of('ERR'),
  };
}
