import { type RepositoryName, repositoryName } from '#core/reference';
import type { ImmutableTags } from '#domain/immutability/immutable-rule';
import type { Judgement } from '#domain/immutability/judgement';
import type { JobSlice } from '#domain/jobs/job-slice';
import type { Progress } from '#domain/jobs/progress';
import type { SeenCandidate } from '#domain/retention/candidate-pages';
import type { PresentRepository } from '#domain/retention/candidate-store';
import type { RetentionRule } from '#domain/retention/retention-rule';
import { type RepositoryTask, type RetentionRun, type RunState, runResults } from '#domain/retention/retention-run';
import { isRetained } from '#domain/retention/rule-set';

/** A slice of the work on one repository, with all that it goes by. */
export interface RepositoryWork {
  readonly slice: JobSlice;
  readonly run: RetentionRun;
  readonly task: RepositoryTask;
  readonly repository: PresentRepository;
  /** The run's rules that are about the repository. */
  readonly rules: readonly RetentionRule[];
  /** What of it nobody may delete, and by which rules. */
  readonly immutability: { readonly judgement: Judgement; readonly tags: ImmutableTags };
  readonly state: RunState;
}

export function nameOf({ repository: { project, nameInProject } }: RepositoryWork): RepositoryName {
  return repositoryName(project, nameInProject);
}

/** What is to become of an artifact by its own facts. */
export function judge(
  { rules, state }: Pick<RepositoryWork, 'rules' | 'state'>,
  seen: SeenCandidate,
): 'RETAIN' | 'IMMUTABLE' | 'DEL' {
  const thresholds = state.thresholds.map((threshold) => threshold ?? undefined);
  const { candidate, witness, isImmutable } = seen;
  if (isRetained(rules, candidate, { witness, thresholds, nowMs: state.startedAtMs })) return 'RETAIN';
  return isImmutable ? 'IMMUTABLE' : 'DEL';
}

/** Whether the artifact was there when the run began on its repository, as it is. */
export function isOfThisRun({ state }: Pick<RepositoryWork, 'state'>, { candidate }: SeenCandidate): boolean {
  return candidate.pushedAtMs < state.startedAtMs;
}

/** The end of a slice after which there is more to do. */
export function nextSlice({ slice, run }: RepositoryWork, state: RunState): Progress {
  return slice.next({ ...state }, runResults(state, run.isDryRun));
}

/** The end of the last slice. */
export function lastSlice({ slice, run }: RepositoryWork, state: RunState): Progress {
  return slice.done(runResults(state, run.isDryRun));
}
