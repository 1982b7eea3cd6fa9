/** Names of repositories within a project, in ASCII order: from `from` on, before `before`. */
export interface NameRange {
  readonly from: string;
  readonly before: string;
}

/** Every name there can be. */
export const ALL_NAMES: NameRange = { from: '', before: '~' };

/**
 * The range of the names that a pattern matches: of one name, of `**`, or of everything below a path (`team/**`).
 * Undefined for patterns with other wildcards, which may skip names between those that they match.
 */
export function nameRangeOf(pattern: string): NameRange | undefined {
  if (pattern === '**') return ALL_NAMES;
  const path = pattern.endsWith('/**') ? pattern.slice(0, -2) : undefined;
  if (/[^a-z0-9._/-]/.test(path ?? pattern)) return undefined;
  // `0` comes after `/`; no character of a name comes before `!`.
  return path === undefined
    ? { from: pattern, before: `${pattern}!` }
    : { from: path, before: `${path.slice(0, -1)}0` };
}

/** The same names in ranges that are in order and share none. */
export function mergeRanges(ranges: readonly NameRange[]): readonly NameRange[] {
  const merged: NameRange[] = [];
  for (const range of ranges.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const last = merged.at(-1);
    if (!last || last.before < range.from) merged.push(range);
    else if (last.before < range.before) merged.splice(-1, 1, { from: last.from, before: range.before });
  }
  return merged;
}
