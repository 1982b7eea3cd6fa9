import type { ImmutableTags } from '#domain/immutability/immutable-rule';
import type { Candidate } from '#domain/retention/candidate';
import type { CandidateStore } from '#domain/retention/candidate-store';
import type { RetentionRule } from '#domain/retention/retention-rule';
import { TagWitness } from '#domain/retention/rule-set';

/** Tags of an artifact that its line in the log names. */
const NAMED_TAGS = 3;

/** An artifact and what its tags say, without the tags themselves. */
export interface SeenCandidate {
  readonly candidate: Candidate;
  readonly witness: TagWitness;
  readonly isImmutable: boolean;
  /** The first of its tags. */
  readonly tags: readonly string[];
}

/** Reads candidates with what matters of their tags. */
export class CandidatePages {
  readonly #store: CandidateStore;

  constructor(deps: { readonly candidates: CandidateStore }) {
    this.#store = deps.candidates;
  }

  async read(
    repositoryId: number,
    { after, limit }: { readonly after: string; readonly limit: number },
    rules: readonly RetentionRule[],
    immutable: ImmutableTags,
  ): Promise<readonly SeenCandidate[]> {
    return this.see(await this.#store.page(repositoryId, after, limit), rules, immutable);
  }

  /** Reads the tags of candidates. */
  async see(
    candidates: readonly Candidate[],
    rules: readonly RetentionRule[],
    immutable: ImmutableTags,
  ): Promise<readonly SeenCandidate[]> {
    const seen = new Map(candidates.map((each) => [each.id, newlySeen(each, rules)]));
    for await (const tags of this.#store.tags(candidates)) {
      for (const { artifactId, name } of tags) {
        const artifact = seen.get(artifactId);
        if (!artifact) continue;
        artifact.witness.see(name);
        artifact.isImmutable ||= immutable.has(name);
        if (artifact.tags.length < NAMED_TAGS) artifact.tags.push(name);
      }
    }
    return [...seen.values()];
  }
}

function newlySeen(candidate: Candidate, rules: readonly RetentionRule[]) {
  return { candidate, witness: new TagWitness(rules, candidate), isImmutable: false, tags: [] as string[] };
}
