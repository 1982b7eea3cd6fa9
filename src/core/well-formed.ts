/**
 * Whether every string and every key of a parsed JSON value is well-formed Unicode. JSON can spell half a pair of
 * surrogates (RFC 8259 §8.2), which UTF-8 cannot: stored, it would come back as another text.
 */
export function isWellFormedJson(value: unknown): boolean {
  // No recursion: a body can be nested deeper than the stack.
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === 'string' && !next.isWellFormed()) return false;
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, member] of Object.entries(next)) pending.push(key, member);
  }
  return true;
}
