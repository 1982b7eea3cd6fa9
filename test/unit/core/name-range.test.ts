import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '#core/glob';
import { ALL_NAMES, mergeRanges, type NameRange, nameRangeOf } from '#core/name-range';

const contains = ({ from, before }: NameRange, name: string) => from <= name && name < before;

const segment = fc.constantFrom('a', 'b', 'a-b', 'a.b', 'a0', 'ab', 'z', 'a__b');
const name = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
const pattern = fc.oneof(
  name,
  name.map((path) => `${path}/**`),
  fc.constant('**'),
);

describe('the range of a pattern', () => {
  it('holds the names that the pattern matches, and no others', () => {
    fc.assert(
      fc.property(pattern, name, (glob, text) => {
        const range = nameRangeOf(glob);
        return range !== undefined && contains(range, text) === matchesGlob(glob, text);
      }),
    );
  });

  it.each(['team/*', 'team/app-*', '*', 'team**', '**/app', 'team/**/app', 'te?m', 'te[a]m', '{a,b}', 'a/{b,c}/**'])(
    'is none for %s',
    (glob) => {
      expect(nameRangeOf(glob)).toBeUndefined();
    },
  );
});

describe('merged ranges', () => {
  it('hold the same names, in order, each once', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 5 }), name, (globs, text) => {
        const ranges = globs.flatMap((glob) => nameRangeOf(glob) ?? []);
        const merged = mergeRanges(ranges);
        const holding = merged.filter((range) => contains(range, text)).length;
        expect(holding).toBe(ranges.some((range) => contains(range, text)) ? 1 : 0);
        expect(merged).toEqual(merged.toSorted((a, b) => (a.from < b.from ? -1 : 1)));
      }),
    );
    expect(mergeRanges([{ from: 'a/', before: 'a0' }, ALL_NAMES])).toEqual([ALL_NAMES]);
  });
});
