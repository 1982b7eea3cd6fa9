import type { JobSlice } from '#domain/jobs/job-slice';
import { CandidatePages } from '#domain/retention/candidate-pages';
import { CandidateRanker } from '#domain/retention/candidate-ranker';
import type { CandidateStore, PresentRepository } from '#domain/retention/candidate-store';
import { HeldArtifacts } from '#domain/retention/held-artifacts';
import type { RepositoryWork } from '#domain/retention/repository-work';
import { RetentionDeleter, type RetentionDeleterDeps } from '#domain/retention/retention-deleter';
import { RetentionReporter } from '#domain/retention/retention-reporter';
import { newRunState, type RepositoryTask, type RetentionRun, type RunState } from '#domain/retention/retention-run';
import { rulesFor } from '#domain/retention/rule-set';

export interface RepositoryRetentionDeps extends Omit<RetentionDeleterDeps, 'pages' | 'held'> {
  readonly candidates: CandidateStore;
}

/** Runs a policy on one repository, a slice at a time. */
export class RepositoryRetention {
  readonly #deps: RepositoryRetentionDeps;
  readonly #ranker: CandidateRanker;
  readonly #reporter: RetentionReporter;
  readonly #deleter: RetentionDeleter;

  constructor(deps: RepositoryRetentionDeps) {
    this.#deps = deps;
    const pages = new CandidatePages(deps);
    const held = new HeldArtifacts({ ...deps, pages });
    this.#ranker = new CandidateRanker({ pages });
    this.#reporter = new RetentionReporter({ pages, held });
    this.#deleter = new RetentionDeleter({ ...deps, pages, held });
  }

  async runSlice(slice: JobSlice, run: RetentionRun): Promise<void> {
    const task = slice.task.parameters as unknown as RepositoryTask;
    const repository = await this.#deps.candidates.findRepository(task.repositoryId);
    const objection = objectionTo(task, run, repository);
    if (!repository || objection !== undefined) {
      slice.log(`Nothing more is done: ${objection}.`);
      return slice.save(slice.done());
    }
    const rules = rulesFor(run.rules, task.repository);
    const state = slice.task.cursor
      ? (slice.task.cursor as unknown as RunState)
      : this.#begin(slice, run, repository, rules);
    const immutability = await this.#deps.immutability.judgementOf(task.projectId, task.repository);
    await this.#runPhase({ slice, run, task, repository, rules, immutability, state });
  }

  #begin(slice: JobSlice, run: RetentionRun, repository: PresentRepository, rules: RepositoryWork['rules']): RunState {
    const name = `${repository.project}/${repository.nameInProject}`;
    slice.log(`Run retention process. Repository: ${name}, Rule Algorithm: or, Dry Run: ${run.isDryRun}`);
    return newRunState(rules, this.#deps.clock.nowMs());
  }

  async #runPhase(work: RepositoryWork): Promise<void> {
    switch (work.state.phase) {
      case 'rank':
        return this.#ranker.runSlice(work);
      case 'report':
        return this.#reporter.runSlice(work);
      case 'delete':
        return this.#deleter.runSlice(work);
    }
  }
}

/** Why the repository is not the run's business any more; undefined while it is. */
function objectionTo(
  task: RepositoryTask,
  run: RetentionRun,
  repository: PresentRepository | undefined,
): string | undefined {
  if (!repository) return 'the repository is gone';
  if (repository.projectId !== task.projectId) return 'the repository is in another project now';
  if (repository.nameInProject !== task.repository) return 'the repository has another name now';
  if (run.isDefault && repository.hasOwnPolicy) return 'the project has a policy of its own now';
  return undefined;
}
