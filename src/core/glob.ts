import picomatch from 'picomatch/posix';

const MAX_GLOB_LENGTH = 256;
/** Wildcards are matched by backtracking: with 3 the worst name of 255 characters takes 20 ms, with 4 a second. */
const MAX_WILDCARDS = 3;

const compiled = new Map<string, (text: string) => boolean>();
const MAX_COMPILED = 1_000;

/**
 * Whether a path-like text matches a glob, as Harbor's selectors read them (doublestar): `*` stays within a segment,
 * `**` crosses segments, `{a,b}` is either, `?` and `[…]` are one character.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const known = compiled.get(pattern);
  if (known) return known(text);
  const matcher = picomatch(pattern, { dot: true, nonegate: true, noextglob: true, strictSlashes: true });
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(pattern, matcher);
  return matcher(text);
}

/** Undefined for a usable pattern, else what is wrong with it. */
export function globProblem(pattern: string): string | undefined {
  if (pattern === '') return 'the pattern is empty';
  if (pattern.length > MAX_GLOB_LENGTH) return `the pattern is longer than ${MAX_GLOB_LENGTH} characters`;
  if (/[\s\\()!+@]/.test(pattern)) return 'the pattern holds a character that no glob here may';
  if ((pattern.match(/\*+/g) ?? []).length > MAX_WILDCARDS)
    return `the pattern has more than ${MAX_WILDCARDS} wildcards`;
  try {
    matchesGlob(pattern, 'a/b');
    return undefined;
  } catch {
    return 'the pattern cannot be read';
  }
}
