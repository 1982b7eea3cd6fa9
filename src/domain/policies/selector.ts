import { compilePattern, type PathMatcher } from '#core/doublestar';
import { err, ok, type Result } from '#core/result';

/** A selector as a client sends it and reads it back (`harbor:src/pkg/retention/policy/rule/models.go`, Selector). */
export interface WireSelector {
  /** There is one; empty where the client sent none, as Harbor's command line does. */
  readonly kind: string;
  readonly decoration: string;
  readonly pattern: string;
  /** JSON text: `{"untagged":true}`. */
  readonly extras?: string | undefined;
}

/** Which repositories of a project a rule is about. */
export interface RepositorySelector {
  readonly decoration: 'repoMatches' | 'repoExcludes';
  /** Of the name within the project: `team-a/**`, not `library/team-a/**`. */
  readonly pattern: string;
}

/** Which artifacts of those repositories, by their tags. */
export interface TagSelector {
  readonly decoration: 'matches' | 'excludes';
  readonly pattern: string;
  /** Stored and answered as it came; empty where the client sent none. */
  readonly extras: string;
}

const KIND = 'doublestar';
/** Characters of `extras`; what is meant to be said there takes 17. */
const MAX_EXTRAS_LENGTH = 256;

/** The selector with the kind it has on the wire. */
export function toWireSelector<T extends Omit<WireSelector, 'kind'>>(selector: T): T & { readonly kind: string } {
  return { ...selector, kind: KIND };
}

export function readRepositorySelector(wire: WireSelector): Result<RepositorySelector, string> {
  const { decoration, pattern } = wire;
  if (decoration !== 'repoMatches' && decoration !== 'repoExcludes') {
    return err('the decoration of a repository selector is repoMatches or repoExcludes');
  }
  const problem = selectorProblem(wire);
  return problem === undefined ? ok({ decoration, pattern }) : err(problem);
}

export function readTagSelector(wire: WireSelector): Result<TagSelector, string> {
  const { decoration, pattern, extras = '' } = wire;
  if (decoration !== 'matches' && decoration !== 'excludes') {
    return err('the decoration of a tag selector is matches or excludes');
  }
  if (extras.length > MAX_EXTRAS_LENGTH) return err(`the extras are longer than ${MAX_EXTRAS_LENGTH} characters`);
  const problem = selectorProblem(wire);
  return problem === undefined ? ok({ decoration, pattern, extras }) : err(problem);
}

function selectorProblem({ kind, pattern }: WireSelector): string | undefined {
  if (kind !== '' && kind !== KIND) return `the kind of a selector is ${KIND}`;
  if (pattern === '') return 'the pattern is empty';
  const compiled = compilePattern(pattern);
  return compiled.ok ? undefined : compiled.error;
}

/**
 * Whether the selector is about a repository, given its name without the project's
 * (`harbor:src/lib/selector/selectors/doublestar/selector.go`, Select).
 */
export function selectsRepository(selector: RepositorySelector, nameInProject: string): boolean {
  return matcherOf(selector.pattern)(nameInProject) === (selector.decoration === 'repoMatches');
}

/**
 * Whether the selector is about an artifact with these tags (same source, tagSelectMatch and tagSelectExclude): `matches`
 * where one of them matches, `excludes` where one of them does not. Without a tag the extras decide, and where they say
 * nothing it is selected.
 */
export function selectsTags(selector: TagSelector, tags: readonly string[]): boolean {
  if (tags.length === 0) return selectsUntagged(selector);
  return tags.some((tag) => selectsTag(selector, tag));
}

/** The same of one tag alone. */
export function selectsTag(selector: Pick<TagSelector, 'decoration' | 'pattern'>, tag: string): boolean {
  return matcherOf(selector.pattern)(tag) === (selector.decoration === 'matches');
}

function selectsUntagged({ decoration, extras }: TagSelector): boolean {
  const untagged = untaggedOf(extras);
  if (untagged === undefined) return true;
  return untagged === (decoration === 'matches');
}

/** Undefined where the extras are not for Harbor to read; an object that does not say is a no. */
function untaggedOf(extras: string): boolean | undefined {
  try {
    const read: unknown = JSON.parse(extras);
    if (read === null) return false;
    if (typeof read !== 'object' || Array.isArray(read)) return undefined;
    const untagged = (read as { readonly untagged?: unknown }).untagged ?? false;
    return typeof untagged === 'boolean' ? untagged : undefined;
  } catch {
    return undefined;
  }
}

const compiled = new Map<string, PathMatcher>();
/** Patterns an isolate keeps ready; 256 characters take some 20 KiB. */
const MAX_COMPILED = 500;

function matcherOf(pattern: string): PathMatcher {
  const known = compiled.get(pattern);
  if (known) return known;
  const made = compilePattern(pattern);
  if (!made.ok) throw new Error(`a stored pattern cannot be read: ${made.error}`);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(pattern, made.value);
  return made.value;
}
