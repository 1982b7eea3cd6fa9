import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors';
import { parseListingFilter } from '#core/listing-filter';
import { anyCharacter } from '#test/support/any-character';

const KEYS = {
  push_time: { of: 'time', by: ['range'] },
  project_id: { of: 'integer', by: ['exact', 'range', 'any-of'] },
  labels: { of: 'integer', by: ['all-of'] },
  tags: { of: 'text', by: ['exact', 'fuzzy', 'any-of'] },
  public: { of: 'flag', by: ['exact'] },
} as const;

describe('parseListingFilter', () => {
  it('gives values of the kind that the key holds', () => {
    const q = 'push_time=[2006-01-02T15:04:05~],project_id={1 2},labels=(3 4),tags=~v1,public=t';
    expect(parseListingFilter(q, KEYS)).toEqual({
      push_time: { match: 'range', min: Date.UTC(2006, 0, 2, 15, 4, 5) },
      project_id: { match: 'any-of', values: [1, 2] },
      labels: { match: 'all-of', values: [3, 4] },
      tags: { match: 'fuzzy', value: 'v1' },
      public: { match: 'exact', value: true },
    });
    expect(parseListingFilter(undefined, KEYS)).toEqual({});
  });

  it('keeps text that looks like a number', () => {
    expect(parseListingFilter('tags={007 1}', KEYS).tags).toEqual({ match: 'any-of', values: ['007', '1'] });
  });

  it.each(['project_id', 'ProjectID', 'ProjectId', 'projectId'])('knows a key written %s', (key) => {
    expect(parseListingFilter(`${key}=7`, KEYS)).toEqual({ project_id: { match: 'exact', value: 7 } });
  });

  it.each([
    ['project_id__gt=1,project_id__lt=9', { match: 'range', min: 2, max: 8 }],
    ['project_id__gte=1,project_id__lte=9', { match: 'range', min: 1, max: 9 }],
    ['project_id__in=3', { match: 'any-of', values: [3] }],
    ['project_id__exact=3', { match: 'exact', value: 3 }],
  ])('reads %s', (q, condition) => {
    expect(parseListingFilter(q, KEYS).project_id).toEqual(condition);
  });

  it.each([
    ['names a key that the list has not', 'digest=x'],
    ['names one that every object has', 'constructor=x'],
    ['names __proto__', '__proto__=x'],
    ['matches a key in a way that it cannot serve', 'push_time=2006-01-02T15:04:05'],
    ['asks for a part of a number', 'project_id=~1'],
    ['names a key twice', 'tags=a,tags=b'],
    ['names the same end of a range twice', 'project_id__gt=1,project_id__gte=2'],
    ['has no integer for an integer', 'project_id={1 x}'],
    ['has no time for a time', 'push_time=[yesterday~]'],
    ['has no flag for a flag', 'public=yes'],
    ['wants all of nothing', 'labels=()'],
  ])('refuses a query that %s', (_, q) => {
    expect(() => parseListingFilter(q, KEYS)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });

  it('throws nothing but an AppError, whatever the text', () => {
    const key = fc.constantFrom(...Object.keys(KEYS), 'ProjectID__gt', 'unknown');
    const value = fc.oneof(fc.constantFrom('[1~2]', '{1 2}', '(1)', '~a', 'true'), fc.string({ unit: anyCharacter }));
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 3 }), (terms) => {
        try {
          parseListingFilter(terms.map((term) => term.join('=')).join(','), KEYS);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
