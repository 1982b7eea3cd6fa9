import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { newId } from '#core/ids';
import type { RecordedEvent } from '#domain/events/event';
import type { EventService } from '#domain/events/event-service';
import type { Mutation } from '#domain/events/mutation';
import type { ImmutabilityService } from '#domain/immutability/immutability-service';
import { RETENTION_ACTOR } from '#domain/jobs/job-actors';
import type { Progress } from '#domain/jobs/progress';
import type { RepositoryLocks } from '#domain/repositories/repository-locks';
import { withLease } from '#domain/repositories/with-lease';
import type { Candidate } from '#domain/retention/candidate';
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
import type { RetentionDeletionStore } from '#domain/retention/retention-deletion';
import { finishedEvent } from '#domain/retention/retention-finished';
import type { DeletedArtifact, RunState } from '#domain/retention/retention-run';

/** Artifacts read, and deleted at most, in one batch. */
const PAGE = 100;
/** Tags and children of what one batch deletes, unless a single artifact has more. */
const MAX_WEIGHT = 2_000;
/** Times a page is read again because an artifact of it was pulled meanwhile. */
const MAX_ATTEMPTS = 3;
/** A pass deletes what no index points at; the next, what this has freed. */
const MAX_PASSES = 6;
/** Artifacts that are told of by name. */
const MAX_NAMED = 100;
const PULL_TEMPLATES: ReadonlySet<string> = new Set(['latestPulledN', 'nDaysSinceLastPull', 'latestActiveK']);

export interface RetentionDeleterDeps {
  readonly pages: CandidatePages;
  readonly held: HeldArtifacts;
  readonly immutability: ImmutabilityService;
  readonly deletions: RetentionDeletionStore;
  readonly locks: RepositoryLocks;
  readonly events: EventService;
  readonly background: Background;
  readonly clock: Clock;
}

/** Deletes what the rules do not keep, as it stands at the time, a page in a batch under the repository's lease. */
export class RetentionDeleter {
  readonly #deps: RetentionDeleterDeps;

  constructor(deps: RetentionDeleterDeps) {
    this.#deps = deps;
  }

  async runSlice(work: RepositoryWork): Promise<void> {
    const { repositoryId, projectId, repository } = work.task;
    let current = work;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (await withLease(this.#deps, repositoryId, (lockToken) => this.#deletePage(current, lockToken))) return;
      work.slice.log(
        'An artifact was pulled meanwhile, or the immutable tag rules changed; looking at the page again.',
      );
      current = { ...work, immutability: await this.#deps.immutability.judgementOf(projectId, repository) };
    }
    throw new AppError('SERVICE_UNAVAILABLE', { message: 'the artifacts are pulled all the time' });
  }

  /** Whether the page came through. */
  async #deletePage(work: RepositoryWork, lockToken: number): Promise<boolean> {
    const { going, state } = await this.#readPage(work);
    if (going.length > 0) work.slice.log(`Deleting ${going.length} artifacts.`);
    const { progress, finished } = this.#end(work, state);
    const artifacts = going.map(({ candidate }) => ({ candidate, mutation: this.#mutation(work, candidate) }));
    if (artifacts.length === 0) await this.#deps.deletions.advance(progress, finished);
    else {
      const { repositoryId, projectId, repository } = work.task;
      const { judgement } = work.immutability;
      const dependsOnPulls = work.rules.some(({ template }) => PULL_TEMPLATES.has(template));
      const guarded = {
        repositoryId,
        projectId,
        repository,
        lockToken,
        judgement,
        dependsOnPulls,
        username: RETENTION_ACTOR,
      };
      const gone = await this.#deps.deletions.delete({ ...guarded, artifacts, progress, finished });
      if (gone === 'changed') return false;
    }
    this.#deps.events.announce([...artifacts.flatMap(({ mutation }) => mutation.events), ...finished]);
    return true;
  }

  /** What of the next page goes, and the state when it has gone. */
  async #readPage(work: RepositoryWork): Promise<{ going: readonly SeenCandidate[]; state: RunState }> {
    const { rules, state, task, immutability } = work;
    const window = { after: state.after, limit: PAGE };
    const seen = await this.#deps.pages.read(task.repositoryId, window, rules, immutability.tags);
    const own = seen.filter((each) => isOfThisRun(work, each) && judge(work, each) === 'DEL');
    const held = await this.#deps.held.byCompanions(work, own);
    const leaving = new Set(own.filter(({ candidate }) => !held.has(candidate.digest)));
    const { page, going, isBlocked } = choose(seen, leaving);
    const isLast = page.length === seen.length && seen.length < PAGE;
    const after = page.at(-1)?.candidate.digest ?? state.after;
    return { going, state: stateAfter(state, { after, going, isBlocked, isLast }) };
  }

  #end(work: RepositoryWork, state: RunState): { progress: Progress; finished: readonly RecordedEvent[] } {
    if (!isDone(state)) return { progress: nextSlice(work, state), finished: [] };
    work.slice.log(`Deleted ${state.counts.deleted} artifacts.`);
    const progress = lastSlice(work, state);
    const finished = state.counts.deleted > 0 ? [finishedEvent(work, state, this.#deps.clock.nowMs())] : [];
    return { progress, finished };
  }

  #mutation(work: RepositoryWork, { digest }: Candidate): Mutation {
    const { task } = work;
    const repository = nameOf(work);
    const nowMs = this.#deps.clock.nowMs();
    const about = { repository, repositoryId: task.repositoryId, digest, atMs: nowMs, actor: RETENTION_ACTOR };
    return {
      operationId: newId(),
      actor: { username: RETENTION_ACTOR, sourceAddress: undefined },
      nowMs,
      audit: {
        projectId: task.projectId,
        operation: 'delete',
        resourceType: 'artifact',
        resource: `${repository}@${digest}`,
        description: `delete artifact: ${repository}@${digest}, by tag retention`,
      },
      events: [{ ...about, kind: 'artifact-deleted', id: newId() }],
    };
  }
}

/** Of those that are leaving, the ones that go now; the page ends where they would become too many. */
function choose(seen: readonly SeenCandidate[], leaving: ReadonlySet<SeenCandidate>) {
  const going: SeenCandidate[] = [];
  let isBlocked = false;
  let weight = 0;
  for (const [index, each] of seen.entries()) {
    if (!leaving.has(each)) continue;
    if (each.candidate.isReferenced) {
      isBlocked = true;
      continue;
    }
    weight += each.candidate.weight;
    if (weight > MAX_WEIGHT && going.length > 0) return { page: seen.slice(0, index), going, isBlocked };
    going.push(each);
  }
  return { page: seen, going, isBlocked };
}

function stateAfter(
  state: RunState,
  seen: { after: string; going: readonly SeenCandidate[]; isBlocked: boolean; isLast: boolean },
): RunState {
  const counts = { ...state.counts, deleted: state.counts.deleted + seen.going.length };
  const deletedInPass = state.deletedInPass + seen.going.length;
  const isBlocked = state.isBlocked || seen.isBlocked;
  const named = seen.going.slice(0, Math.max(MAX_NAMED - state.deleted.length, 0)).map(toDeleted);
  const next = { ...state, counts, deletedInPass, isBlocked, deleted: [...state.deleted, ...named], after: seen.after };
  if (!seen.isLast) return next;
  const isFruitful = isBlocked && deletedInPass > 0 && state.pass + 1 < MAX_PASSES;
  const pass = isFruitful ? state.pass + 1 : MAX_PASSES;
  return { ...next, pass, after: '', deletedInPass: 0, isBlocked: false };
}

function isDone({ pass }: RunState): boolean {
  return pass >= MAX_PASSES;
}

function toDeleted({ candidate: { digest }, tags: [tag] }: SeenCandidate): DeletedArtifact {
  return { digest, ...(tag !== undefined && { tag }) };
}
