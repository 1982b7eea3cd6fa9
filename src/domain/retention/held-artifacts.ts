import type { Digest } from '#core/digest';
import type { CandidatePages, SeenCandidate } from '#domain/retention/candidate-pages';
import type { CandidateStore, Parent } from '#domain/retention/candidate-store';
import { departing } from '#domain/retention/departures';
import { isOfThisRun, judge, type RepositoryWork } from '#domain/retention/repository-work';

export interface HeldArtifactsDeps {
  readonly candidates: CandidateStore;
  readonly pages: CandidatePages;
}

/** Finds artifacts that would go by their own facts, and must stay for the sake of others. */
export class HeldArtifacts {
  readonly #deps: HeldArtifactsDeps;

  constructor(deps: HeldArtifactsDeps) {
    this.#deps = deps;
  }

  /** Those with which something immutable would go: an accessory has tags of its own. */
  async byCompanions(work: RepositoryWork, leaving: readonly SeenCandidate[]): Promise<ReadonlySet<Digest>> {
    const { tags } = work.immutability;
    if (tags.isNone || leaving.length === 0) return new Set();
    const digests = leaving.map(({ candidate }) => candidate.digest);
    const companions = await this.#deps.candidates.companions(work.task.repositoryId, digests);
    const ofId = new Map(companions.map(({ id, of }) => [id, of]));
    const held = new Set<Digest>();
    for await (const page of this.#deps.candidates.tags(companions)) {
      for (const { artifactId, name } of page) {
        const of = ofId.get(artifactId);
        if (of !== undefined && tags.has(name)) held.add(of);
      }
    }
    return held;
  }

  /** Those that an index points at which stays. */
  async byParents(work: RepositoryWork, leaving: readonly SeenCandidate[]): Promise<ReadonlySet<Digest>> {
    const referenced = leaving.map(({ candidate }) => candidate).filter(({ isReferenced }) => isReferenced);
    const digests = referenced.map(({ digest }) => digest);
    const going = await departing(digests, {
      parentsOf: (level, limit) => this.#deps.candidates.parents(work.task.repositoryId, level, limit),
      leaving: (parents) => this.#leavingParents(work, parents),
    });
    return new Set(digests.filter((digest) => !going.has(digest)));
  }

  /** A child goes with its own parents; an accessory is not retention's to take. */
  async #leavingParents(work: RepositoryWork, parents: readonly Parent[]): Promise<ReadonlySet<Digest>> {
    const candidates = parents.filter(({ kind }) => kind === 'candidate').map(({ parent }) => parent);
    const seen = await this.#deps.pages.see(candidates, work.rules, work.immutability.tags);
    const leaving = seen.filter((each) => isOfThisRun(work, each) && judge(work, each) === 'DEL');
    const held = await this.byCompanions(work, leaving);
    const going = leaving.map(({ candidate }) => candidate.digest).filter((digest) => !held.has(digest));
    const children = parents.filter(({ kind }) => kind === 'child').map(({ parent }) => parent.digest);
    return new Set([...going, ...children]);
  }
}
