import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { type RepositoryName, withinProject } from '#core/reference';
import type { ImmutabilityStore } from '#domain/immutability/immutability-store';
import { type ImmutableTags, immutableTags } from '#domain/immutability/immutable-rule';
import { type Judgement, NO_RULES, parseRules, RulesChanged } from '#domain/immutability/judgement';
import { isAboutNoTag, refusalOf, type TagDeed } from '#domain/immutability/tag-deed';

/** How often a deed is judged anew because the rules changed under it. */
const MAX_ATTEMPTS = 3;
/** Tags that are read at once. */
const PAGE = 5_000;
/** Tags that a copy may move in a repository with immutable ones: what one value of the batch can name. */
const MAX_MOVED_TAGS = 5_000;
/** For how long a project that had rules is taken to have some. */
const MEMORY_MS = 3_600_000;
const MAX_PROJECTS = 10_000;

export interface ImmutabilityServiceDeps {
  readonly store: ImmutabilityStore;
  readonly clock: Clock;
}

/** Says of a tag of the project whether it is immutable. */
export type TagStatus = (repository: RepositoryName, tag: string) => boolean;

/** Keeps immutable tags where they are. */
export class ImmutabilityService {
  readonly #store: ImmutabilityStore;
  /** Projects that had rules when this isolate last looked. Being wrong costs a query or a batch, never a tag. */
  readonly #projectsWithRules: BoundedCache<true>;

  constructor({ store, clock }: ImmutabilityServiceDeps) {
    this.#store = store;
    this.#projectsWithRules = new BoundedCache({ maxWeight: MAX_PROJECTS, ttlMs: MEMORY_MS, clock });
  }

  /** Which tags of a project are immutable; none, and nothing is read, unless it `isWanted`. */
  async statusOf(projectId: number, isWanted: boolean | undefined): Promise<TagStatus> {
    const rules = isWanted ? parseRules(await this.#store.rulesOfProject(projectId)) : [];
    const known = new Map<string, ImmutableTags>();
    return (repository, tag) => {
      const name = withinProject(repository);
      const tags = known.get(name) ?? immutableTags(rules, name);
      known.set(name, tags);
      return tags.has(tag);
    };
  }

  /**
   * The rules of a project as they stand, and what they say of one of its repositories: for whoever judges deeds by itself, and
   * guards the judgement in their batch.
   */
  async judgementOf(
    projectId: number,
    nameInProject: string,
  ): Promise<{ readonly judgement: Judgement; readonly tags: ImmutableTags }> {
    const rules = await this.#store.rulesOfProject(projectId);
    return { judgement: { rules, movedTags: undefined }, tags: immutableTags(parseRules(rules), nameInProject) };
  }

  /**
   * Does a deed that no rule forbids; PRECONDITION otherwise. To be called under the repository's lease. `commit` is given
   * what its batch must guard (`guardJudgement`), and is called again when that has changed meanwhile. A project is first
   * taken to have no rules, which costs it nothing but that guard.
   */
  async observe<T>(
    repository: { readonly id: number; readonly projectId: number },
    deed: TagDeed,
    commit: (judgement: Judgement | undefined) => Promise<T>,
  ): Promise<T> {
    if (isAboutNoTag(deed)) return commit(undefined);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const judgement = await this.#judge(repository, deed);
      try {
        return await commit(judgement);
      } catch (error) {
        if (!(error instanceof RulesChanged)) throw error;
        this.#projectsWithRules.put(String(repository.projectId), true);
      }
    }
    const message = 'the immutable tag rules of the project keep changing';
    throw new AppError('SERVICE_UNAVAILABLE', { message, retryAfterSeconds: 1 });
  }

  async #judge(repository: { readonly id: number; readonly projectId: number }, deed: TagDeed): Promise<Judgement> {
    const none = { rules: NO_RULES, movedTags: undefined };
    const key = String(repository.projectId);
    if (!this.#projectsWithRules.get(key)) return none;
    const found = await this.#store.findRepository(repository.id);
    if (!found || found.rules === NO_RULES) {
      this.#projectsWithRules.delete(key);
      return none;
    }
    const { nameInProject, rules } = found;
    const immutable = immutableTags(parseRules(rules), nameInProject);
    if (immutable.isNone) return { rules, movedTags: undefined };
    const movedTags: string[] = [];
    for await (const tag of this.#affectedTags(repository.id, deed)) {
      if (immutable.has(tag)) throw refusalOf(deed, nameInProject, tag);
      if (deed.kind === 'copy') movedTags.push(tag);
      if (movedTags.length > MAX_MOVED_TAGS) throw tooManyTags();
    }
    return { rules, movedTags: deed.kind === 'copy' ? movedTags : undefined };
  }

  async *#affectedTags(repositoryId: number, deed: TagDeed): AsyncGenerator<string> {
    for (let after = ''; ; ) {
      const tags = await this.#store.affectedTags(repositoryId, deed, after, PAGE);
      yield* tags;
      const last = tags.at(-1);
      if (last === undefined || tags.length < PAGE) return;
      after = last;
    }
  }
}

function tooManyTags(): AppError {
  const message = `where tags are immutable, a copy moves at most ${MAX_MOVED_TAGS} tags`;
  return new AppError('BAD_REQUEST', { message });
}
