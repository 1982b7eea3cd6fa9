import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '#core/doublestar';

function matches(pattern: string, text: string): boolean {
  const compiled = compilePattern(pattern);
  if (!compiled.ok) throw new Error(`${pattern}: ${compiled.error}`);
  return compiled.value(text);
}

/** Verdicts recorded from bmatcuk/doublestar v1.3.4: pattern, the texts it matches, texts it does not. */
const VERDICTS: readonly (readonly [pattern: string, matching: readonly string[], others: readonly string[]])[] = [
  ['**', ['a', 'a/b', 'a/b/c', ''], []],
  ['*', ['a', 'v1.0', ''], ['a/b']],
  ['', [''], ['a']],
  ['a', ['a'], ['b', 'aa', 'a/a']],
  ['**/a', ['a', 'b/a', 'c/b/a'], ['a/b', 'ba']],
  ['a/**', ['a/b', 'a/b/c'], ['a', 'b/a', 'ab/c']],
  ['**/a/**', ['a/b', 'c/a/b'], ['a', 'c/a', 'b/c']],
  ['a/**/b', ['a/b', 'a/c/b', 'a/c/d/b'], ['a/c', 'ab', 'b']],
  ['a/**/**', ['a/b', 'a/b/c'], ['a']],
  ['a**', ['a', 'ab', 'abc'], ['a/b']],
  ['a**b', ['ab', 'acb', 'accb'], ['a/b', 'ac']],
  ['*/b', ['a/b'], ['b', 'a/c/b']],
  ['v*', ['v', 'v1', 'v1.0'], ['1', 'av']],
  ['v?', ['v1', 'vé', 'v😀'], ['v', 'v10']],
  ['?/?', ['a/b'], ['a', 'aa/b', 'abc']],
  ['v[0-9]', ['v0', 'v9'], ['va', 'v', 'v10']],
  ['v[0-9]*', ['v1', 'v1.2'], ['v', 'va']],
  ['[^a-c]', ['d', '1'], ['a', 'b', 'aa']],
  ['[a-cx-z]', ['b', 'y'], ['d']],
  ['[!a]', ['!', 'a'], ['b']],
  ['[^]', ['a', '^'], ['aa']],
  ['[a^]', ['a', '^'], ['b']],
  ['[\\]]', [']'], ['\\']],
  ['[\\-a]', ['-', 'a'], ['b']],
  ['[z-a]', [], ['a', 'm', 'z']],
  ['[a/b]', ['a', 'b'], ['a/b']],
  ['{a,b}', ['a', 'b'], ['c', 'ab', '{a,b}']],
  ['{redis}', ['redis'], ['{redis}']],
  ['{latest,4.*}', ['latest', '4.0', '4.'], ['5.0', 'latest4']],
  ['v{1,2}.{0,1}', ['v1.0', 'v2.1'], ['v3.0', 'v1.2']],
  ['{a,{b,c}d}', ['a', 'bd', 'cd'], ['b', 'd']],
  ['{,a}b', ['b', 'ab'], ['a', 'aab']],
  ['a{,-rc}', ['a', 'a-rc'], ['a-']],
  ['{a/b,c}', ['a/b', 'c'], ['a', 'b', 'a/c']],
  ['{a,b}/**', ['a/x', 'b/x/y'], ['a', 'c/x']],
  ['{a/**,b}/c', ['a/c', 'a/x/c', 'b/c'], ['b/x/c']],
  ['x{a,b}*', ['xa', 'xb1'], ['xc']],
  ['*{a,b}', ['xa', 'a', 'bb'], ['xc']],
  ['a,b', ['a,b'], ['a', 'b']],
  ['a}', ['a}'], ['a']],
  ['a]', ['a]'], ['a']],
  ['a\\*', ['a*'], ['ab', 'a\\']],
  ['\\{a\\}', ['{a}'], ['a']],
  ['a\\b', ['ab'], ['a\\b']],
  ['{a\\,b,c}', ['a,b', 'c'], ['a', 'b']],
  ['a\\/b', [], ['a/b', 'a\\/b']],
  ['/a', [], ['a']],
  ['a/', [], ['a', 'a/b']],
  ['(a)', ['(a)'], ['a']],
  ['@(a|b)', ['@(a|b)'], ['a', 'b']],
  ['!a', ['!a'], ['b']],
  ['{1..3}', ['1..3'], ['2']],
  ['.*', ['.a'], ['a']],
  ['*a', ['a', '.a', 'ba'], ['ab']],
  ['A', ['A'], ['a']],
  // Where the library is peculiar.
  ['*{,x}', ['ax', 'x'], ['a', 'abc']],
  ['a***', ['ab'], ['a']],
  ['{a,a/b}', ['a/b'], ['a']],
  ['{**,a}/b', ['c/b', 'a/b'], ['b', 'c/d/b']],
];

describe('compilePattern', () => {
  it.each(VERDICTS)('reads %j as Harbor does', (pattern, matching, others) => {
    expect([...matching, ...others].filter((text) => matches(pattern, text))).toEqual(matching);
  });

  it.each([
    ['[', 'the pattern has a [ that is not closed'],
    ['a[b', 'the pattern has a [ that is not closed'],
    ['[]', 'the pattern has an empty [ ]'],
    ['[a-]', 'the pattern has a [ ] with a range that cannot be read'],
    ['[-a]', 'the pattern has a [ ] with a range that cannot be read'],
    ['[a--]', 'the pattern has a [ ] with a range that cannot be read'],
    ['{a', 'the pattern has a { that is not closed'],
    ['{a,{b}', 'the pattern has a { that is not closed'],
    ['{[,a]}', 'the pattern has a [ that is not closed'],
    ['a\\', 'the pattern ends within an escape'],
    ['a{,/**}', 'the pattern has a { } with a / in it behind other text: begin the segment with the {'],
    ['*a'.repeat(33), 'the pattern has more than 32 of * and {'],
    ['{a}'.repeat(33), 'the pattern has more than 32 of * and {'],
    ['a'.repeat(257), 'the pattern is longer than 256 characters'],
  ])('refuses %j', (pattern, error) => {
    expect(compilePattern(pattern)).toEqual({ ok: false, error });
  });

  it('takes any text for itself once it is escaped', () => {
    const text = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }).filter((each) => !each.includes('/'));
    fc.assert(
      fc.property(text, (each) => {
        const escaped = [...each].map((rune) => `\\${rune}`).join('');
        return matches(escaped, each) && !matches(escaped, `${each}x`);
      }),
    );
  });

  it('agrees with alternatives written out', () => {
    const part = fc.stringMatching(/^[ab*?]{0,3}$/);
    fc.assert(
      fc.property(part, part, part, fc.stringMatching(/^[ab]{1,6}$/), (head, left, right, text) => {
        const written = matches(`${head}x${left}`, text) || matches(`${head}x${right}`, text);
        return matches(`${head}x{${left},${right}}`, text) === written;
      }),
    );
  });

  it.each([
    ['stars', `${'*a'.repeat(32)}b`, 'a'.repeat(255)],
    ['segments', `${'**/a/'.repeat(16)}b`, 'a/'.repeat(127).slice(0, -1)],
    ['alternatives', `${'{a,*a}'.repeat(16)}b`, 'a'.repeat(255)],
    ['alternatives of segments', `${'{*/**,a/**}/'.repeat(5)}b`, 'a/'.repeat(127).slice(0, -1)],
    ['levels', `${'{a,'.repeat(32)}${'}'.repeat(32)}`, 'a'.repeat(255)],
    ['empty alternatives', `${'*{,a}'.repeat(16)}b`, 'a'.repeat(255)],
  ])('does not burn time on many %s', (_, pattern, text) => {
    const startedAtMs = performance.now();
    matches(pattern, text);
    // A bound that a busy machine holds; what backtracks takes longer than the test may.
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });
});
