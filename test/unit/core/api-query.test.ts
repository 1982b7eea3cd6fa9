import { describe, expect, it } from 'vitest';
import { limitOf, offsetOf, pageLinks, parseFilter, parseQuery, parseSort, valueMatching } from '#core/api-query';
import { AppError } from '#core/errors';

describe('parseQuery', () => {
  it('reads exact and fuzzy terms', () => {
    expect(parseQuery('name=app,owner=~ad')).toEqual([
      { key: 'name', match: 'exact', value: 'app' },
      { key: 'owner', match: 'fuzzy', value: 'ad' },
    ]);
  });

  it('decodes values once more, and takes what follows a backslash literally', () => {
    expect(parseQuery('name=a%2Cb')).toEqual([{ key: 'name', match: 'exact', value: 'a,b' }]);
    expect(parseQuery('name=\\~x')).toEqual([{ key: 'name', match: 'exact', value: '~x' }]);
  });

  it.each([undefined, ''])('has no terms for %j', (text) => {
    expect(parseQuery(text)).toEqual([]);
  });

  it.each(['name', '=x', 'name=', 'a=b,', 'name=[1~2]', 'name={a b}', 'name=(a b)'])('refuses %s', (text) => {
    expect(() => parseQuery(text)).toThrow(AppError);
  });
});

describe('parseFilter', () => {
  const keys = { name: ['exact', 'fuzzy'], public: ['exact'] } as const;

  it('reads the terms a listing can filter by', () => {
    const { name, public: isPublic } = parseFilter('name=~app,public=true', keys);
    expect([valueMatching(name, 'fuzzy'), valueMatching(name, 'exact'), valueMatching(isPublic, 'exact')]).toEqual([
      'app',
      undefined,
      'true',
    ]);
    expect(parseFilter(undefined, keys)).toEqual({});
  });

  it.each(['tags=nil', 'name=a,tags=nil', 'name=a,name=~b', 'public=~t', 'constructor=x', '__proto__=x'])(
    'refuses %s rather than answer more than was asked for',
    (text) => {
      expect(() => parseFilter(text, keys)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
    },
  );
});

describe('parseSort', () => {
  const keys = ['name', 'creation_time'] as const;
  const fallback = { key: 'name', isDescending: false } as const;

  it.each([
    ['-creation_time', 'creation_time', true],
    ['name', 'name', false],
    ['unknown,-name', 'name', true],
    ['unknown', 'name', false],
    [undefined, 'name', false],
  ])('%s → %s descending %s', (text, key, isDescending) => {
    expect(parseSort(text, keys, fallback)).toEqual({ key, isDescending });
  });
});

describe('a page', () => {
  it('of size 0 or less means all, a thousand at a time', () => {
    expect(limitOf({ page: 1, pageSize: -1 })).toBe(1_000);
    expect(offsetOf({ page: 2, pageSize: 0 })).toBe(1_000);
    expect(offsetOf({ page: 3, pageSize: 10 })).toBe(20);
  });

  it('however far, begins at a row that a database can count to', () => {
    expect(offsetOf({ page: Number.MAX_SAFE_INTEGER, pageSize: 100 })).toBe(Number.MAX_SAFE_INTEGER);
    expect(offsetOf({ page: -1, pageSize: 100 })).toBe(0);
  });

  describe('links to its neighbours', () => {
    const links = (page: number, total: number, query = 'q=a', pageSize = 10) =>
      pageLinks('/p', new URLSearchParams(query), { page, pageSize }, total);

    it('where there are any', () => {
      expect(links(1, 10)).toBeUndefined();
      expect(links(1, 11)).toBe('</p?page=2&page_size=10&q=a>; rel="next"');
      expect(links(2, 20)).toBe('</p?page=1&page_size=10&q=a>; rel="prev"');
      expect(links(2, 21)).toBe('</p?page=1&page_size=10&q=a>; rel="prev" , </p?page=3&page_size=10&q=a>; rel="next"');
    });

    it('from the first page beyond the end, and from no further one', () => {
      expect(links(2, 10)).toBe('</p?page=1&page_size=10&q=a>; rel="prev"');
      expect(links(3, 10)).toBeUndefined();
    });

    it('with the page size that was asked for, where it asks for all', () => {
      expect(links(1, 1_001, '', 0)).toBe('</p?page=2&page_size=0>; rel="next"');
      expect(links(1, 1_000, '', -1)).toBeUndefined();
    });

    it('with its query readable, and as it was', () => {
      const query = new URLSearchParams({ q: 'name=~a b+c&d,t=[1~2],u={x}<>"%\r\né', sort: '-name' });
      const link = links(1, 11, String(query)) ?? '';
      expect(link).toMatch(
        /^<\/p\?page=2&page_size=10&q=name=~a\+b%2Bc%26d%2Ct=\[1~2\]%2Cu=\{x\}[!-~]+&sort=-name>; rel="next"$/,
      );
      const url = new URL(link.slice(1, link.indexOf('>')), 'http://localhost');
      expect([url.searchParams.get('q'), url.searchParams.get('sort')]).toEqual([query.get('q'), '-name']);
    });
  });
});
