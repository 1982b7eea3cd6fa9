import { AppError } from '#core/errors';
import type { OffsetPage } from '#core/pagination';

/** Rows of one `/api` page at most; a larger `page_size` is refused. */
export const MAX_PAGE_SIZE = 100;
/** What a `page_size` of 0 or less gets: Harbor means all rows, of which these come first and the rest follows by Link. */
const ALL_ROWS_LIMIT = 1_000;

/** One condition of a `q=` parameter. */
export interface QueryTerm {
  readonly key: string;
  readonly match: 'exact' | 'fuzzy';
  readonly value: string;
}

export interface Sorting<K extends string> {
  readonly key: K;
  readonly isDescending: boolean;
}

/** A page of an `/api` listing. */
export interface ApiPage {
  /** From 1. */
  readonly page: number;
  /** As the client asked for it; 0 or less asks for all. */
  readonly pageSize: number;
}

export function limitOf({ pageSize }: ApiPage): number {
  return pageSize > 0 ? Math.min(pageSize, MAX_PAGE_SIZE) : ALL_ROWS_LIMIT;
}

export function offsetOf(page: ApiPage): number {
  return (page.page - 1) * limitOf(page);
}

export function toOffsetPage(page: ApiPage): OffsetPage {
  return { limit: limitOf(page), offset: offsetOf(page) };
}

/**
 * Reads Harbor's `q=` (`harbor:src/lib/q/builder.go`): `k=v` exact, `k=~v` contains, joined by commas. Its ranges and
 * lists (`[a~b]`, `{a b}`, `(a b)`) have no key here that could use them, so they are refused rather than ignored.
 */
export function parseQuery(text: string | undefined): readonly QueryTerm[] {
  if (!text) return [];
  return text.split(',').map(parseTerm);
}

/** Keys a listing filters by, and how. */
export type FilterKeys<K extends string> = Readonly<Record<K, readonly QueryTerm['match'][]>>;

/** What a `q=` asks of a listing, by key. */
export type Filter<K extends string> = { readonly [key in K]?: Omit<QueryTerm, 'key'> };

/**
 * As {@link parseQuery}, for a listing that can filter by `keys` alone. BAD_REQUEST for any other term: an answer that
 * leaves a condition out holds more than was asked for, and somebody may delete what it lists.
 */
export function parseFilter<K extends string>(text: string | undefined, keys: FilterKeys<K>): Filter<K> {
  const filter: { [key in K]?: Omit<QueryTerm, 'key'> } = {};
  for (const { key, match, value } of parseQuery(text)) {
    if (!isKeyOf(keys, key) || !keys[key].includes(match)) {
      throw new AppError('BAD_REQUEST', { message: `this list has no ${match} filter by ${key.slice(0, 64)}` });
    }
    if (filter[key]) throw new AppError('BAD_REQUEST', { message: `the query names the key ${key} twice` });
    filter[key] = { match, value };
  }
  return filter;
}

function isKeyOf<K extends string>(keys: FilterKeys<K>, key: string): key is K {
  return Object.hasOwn(keys, key);
}

/** The value of a term that matches so. */
export function valueMatching(term: Omit<QueryTerm, 'key'> | undefined, match: QueryTerm['match']): string | undefined {
  return term?.match === match ? term.value : undefined;
}

function parseTerm(text: string): QueryTerm {
  const equals = text.indexOf('=');
  const key = text.slice(0, equals).trim();
  const raw = decodeOnce(text.slice(equals + 1)).trim();
  if (equals < 1 || key === '' || raw === '') {
    throw new AppError('BAD_REQUEST', {
      message: 'the query string must contain "=" and the key/value cannot be empty',
    });
  }
  if (/^[[{(]/.test(raw)) {
    throw new AppError('BAD_REQUEST', { message: `a range or a list is not supported for the key ${key}` });
  }
  if (raw.startsWith('~')) return { key, match: 'fuzzy', value: raw.slice(1) };
  // A leading backslash makes the next character an ordinary one.
  return { key, match: 'exact', value: raw.replace(/^\\/, '') };
}

/** Harbor decodes a value once more than the query string itself is. */
function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AppError('BAD_REQUEST', { message: 'the query string is not properly escaped' });
  }
}

/** Reads Harbor's `sort=`: `name` or `-name`. The first key that the listing knows decides; unknown ones are ignored. */
export function parseSort<K extends string>(
  text: string | undefined,
  keys: readonly K[],
  fallback: Sorting<K>,
): Sorting<K> {
  for (const part of text?.split(',') ?? []) {
    const name = part.trim().replace(/^[-+]/, '');
    const key = keys.find((known) => known === name);
    if (key) return { key, isDescending: part.trim().startsWith('-') };
  }
  return fallback;
}

/** Harbor's `Link` header: relative, `prev` and `next`, each only when it exists; undefined without either. */
export function pageLinks(path: string, query: URLSearchParams, page: ApiPage, total: number): string | undefined {
  const linkTo = (number: number, rel: string) => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(number));
    parameters.set('page_size', String(limitOf(page)));
    return `<${path}?${parameters}>; rel="${rel}"`;
  };
  const links: string[] = [];
  if (page.page > 1) links.push(linkTo(page.page - 1, 'prev'));
  if (page.page * limitOf(page) < total) links.push(linkTo(page.page + 1, 'next'));
  return links.length > 0 ? links.join(' , ') : undefined;
}
