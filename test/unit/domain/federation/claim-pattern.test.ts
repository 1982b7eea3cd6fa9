import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAnything, matchesClaim } from '#domain/federation/claim-pattern';

describe('matchesClaim', () => {
  it.each([
    ['repo:org/app:ref:refs/heads/main', 'repo:org/app:ref:refs/heads/main', true],
    ['repo:org/*', 'repo:org/app:ref:refs/heads/main', true],
    ['repo:org/app:*', 'repo:org/app:ref:refs/heads/main', true],
    ['repo:org/app:*', 'repo:org/app-evil:ref:refs/heads/main', false],
    ['repo:org/*:ref:refs/heads/release-?', 'repo:org/a/b:ref:refs/heads/release-7', true],
    ['repo:org/*:ref:refs/heads/release-?', 'repo:org/a:ref:refs/heads/release-', false],
    ['repo:org/**', 'repo:org/', true],
    ['main', 'Main', false],
    ['main', 'domain', false],
    ['main', 'mainly', false],
    ['*main', 'refs/heads/main', true],
    ['a.c', 'abc', false],
    ['{a,b}', 'a', false],
    ['[ab]', 'a', false],
    ['!(a)', 'b', false],
    ['', '', true],
    ['', 'a', false],
    ['?', '', false],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(matchesClaim(pattern, text)).toBe(expected);
  });

  const alphabet = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', '.', '$'), maxLength: 12 });
  const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', '.', '$', '*', '?'), maxLength: 10 });

  it('agrees with the regular expression that means the same', () => {
    fc.assert(
      fc.property(patterns, alphabet, (pattern, text) => {
        const source = pattern.replace(/[.$]/g, '\\$&').replaceAll('*', '[^]*').replaceAll('?', '[^]');
        expect(matchesClaim(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes a text without wildcards for nothing but itself', () => {
    fc.assert(fc.property(alphabet, alphabet, (one, other) => matchesClaim(one, other) === (one === other)));
  });

  it('steps back no further than the last star, so that many stars cost no more than the lengths’ product', () => {
    const reads = { count: 0 };
    const text = new Proxy(Object('a'.repeat(1_024)), {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads.count++;
        return Reflect.get(target, key, target);
      },
    }) as string;
    expect(matchesClaim(`${'*a'.repeat(127)}*b`, text)).toBe(false);
    expect(reads.count).toBeLessThanOrEqual(1_024 * 256);
  });
});

describe('isAnything', () => {
  it.each(['', '*', '**', '?', '*?*', '???'])('is true of %j', (pattern) => expect(isAnything(pattern)).toBe(true));
  it.each(['a', '*a*', '/', ' '])('is false of %j', (pattern) => expect(isAnything(pattern)).toBe(false));
});
