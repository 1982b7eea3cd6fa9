import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#core/errors';
import { parseTerms } from '#core/query-grammar';
import { anyCharacter } from '#test/support/any-character';

const within = (text: string) => ({ text, isInclusive: true });

describe('a term', () => {
  it.each([
    ['name=app', 'name', { match: 'exact', text: 'app' }],
    ['name=a=b', 'name', { match: 'exact', text: 'a=b' }],
    ['name=~ad', 'name', { match: 'fuzzy', text: 'ad' }],
    ['name=\\~x', 'name', { match: 'exact', text: '~x' }],
    ['name=\\\\x', 'name', { match: 'exact', text: '\\x' }],
    ['n=[1~2]', 'n', { match: 'range', min: within('1'), max: within('2') }],
    ['n=[~2]', 'n', { match: 'range', max: within('2') }],
    ['n=[ "a" ~]', 'n', { match: 'range', min: within('a') }],
    ['n={a  "b" c}', 'n', { match: 'any-of', texts: ['a', 'b', 'c'] }],
    ['n={}', 'n', { match: 'any-of', texts: [] }],
    ["n=('a' b)", 'n', { match: 'all-of', texts: ['a', 'b'] }],
    ['ProjectID__exact=~1', 'ProjectID', { match: 'exact', text: '~1' }],
    ['name__icontains=a', 'name', { match: 'fuzzy', text: 'a' }],
    ['n__in=a', 'n', { match: 'any-of', texts: ['a'] }],
    ['n__in={a b}', 'n', { match: 'any-of', texts: ['a', 'b'] }],
    ['n__gte=1', 'n', { match: 'range', min: within('1') }],
    ['n__lte=1', 'n', { match: 'range', max: within('1') }],
    ['n__gt=1', 'n', { match: 'range', min: { text: '1', isInclusive: false } }],
    ['n__lt=1', 'n', { match: 'range', max: { text: '1', isInclusive: false } }],
  ])('%s', (text, key, condition) => {
    expect(parseTerms(text)).toEqual([{ key, condition }]);
  });

  it.each([
    'name',
    '=x',
    'name=',
    'a=b,',
    '__in=a',
    'name=~',
    'n=[1~2',
    'n=[1]',
    'n=[~]',
    'n=[1~2~3]',
    'n={a b',
    'n=(a b}',
    'name__like=a',
    'name__constructor=a',
    'name__in__gt=a',
  ])('is not %s', (text) => {
    expect(() => parseTerms(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });
});

describe('the whole text', () => {
  it.each([undefined, ''])('has no terms when it is %j', (text) => {
    expect(parseTerms(text)).toEqual([]);
  });

  it.each([
    ['in its values', 'name=a%2Cb,tag=nil'],
    ['as a whole', 'name%3Da%252Cb%2Ctag%3Dnil'],
  ])('is decoded once more %s', (_, text) => {
    expect(parseTerms(text).map(({ key }) => key)).toEqual(['name', 'tag']);
    expect(parseTerms(text)[0]?.condition).toEqual({ match: 'exact', text: 'a,b' });
  });

  it.each([
    ['a % that escapes nothing', 'name=~50%', { match: 'fuzzy', text: '50%' }],
    ['a plus', 'name=library+ci', { match: 'exact', text: 'library+ci' }],
  ])('keeps %s', (_, text, condition) => {
    expect(parseTerms(text)[0]?.condition).toEqual(condition);
  });

  it('is read, or refused with BAD_REQUEST, and nothing else', () => {
    const piece = fc.oneof(
      fc.constantFrom('=', '~', '[', ']', '{', '}', '(', ')', ',', ' ', '\\', '%', '__gt', '__in', '"', 'k'),
      fc.string({ unit: anyCharacter, maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          for (const { key } of parseTerms(pieces.join(''))) expect(key).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
