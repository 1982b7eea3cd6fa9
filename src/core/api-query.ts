import { AppError } from '#core/errors';
import { parseListingFilter } from '#core/listing-filter';
import type { OffsetPage } from '#core/pagination';
import { parseTerms } from '#core/query-grammar';

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

/** Rows before the page; a page further than a database can count begins where it can. */
export function offsetOf(page: ApiPage): number {
  return Math.min((Math.max(page.page, 1) - 1) * limitOf(page), Number.MAX_SAFE_INTEGER);
}

export function toOffsetPage(page: ApiPage): OffsetPage {
  return { limit: limitOf(page), offset: offsetOf(page) };
}

/**
 * Reads a `q=` of exact and fuzzy terms (the whole grammar: {@link parseTerms}); BAD_REQUEST for a range or a list,
 * which no key of such a listing could use.
 */
export function parseQuery(text: string | undefined): readonly QueryTerm[] {
  return parseTerms(text).map(({ key, condition }) => {
    if (condition.match === 'exact' || condition.match === 'fuzzy') {
      return { key, match: condition.match, value: condition.text };
    }
    throw new AppError('BAD_REQUEST', { message: `this list has no ${condition.match} filter by ${key.slice(0, 64)}` });
  });
}

/** Keys of text that a listing filters by, and how. */
export type FilterKeys<K extends string> = Readonly<Record<K, readonly QueryTerm['match'][]>>;

/** What a `q=` asks of a listing, by key. */
export type Filter<K extends string> = { readonly [key in K]?: Omit<QueryTerm, 'key'> };

/** As {@link parseListingFilter}, for a listing whose keys hold text alone. */
export function parseFilter<K extends string>(text: string | undefined, keys: FilterKeys<K>): Filter<K> {
  const listingKeys = Object.entries<readonly QueryTerm['match'][]>(keys).map(([key, by]) => [key, { of: 'text', by }]);
  return parseListingFilter(text, Object.fromEntries(listingKeys) as Record<K, TextKey>);
}

interface TextKey {
  readonly of: 'text';
  readonly by: readonly QueryTerm['match'][];
}

/** The value of a term that matches so. */
export function valueMatching(term: Omit<QueryTerm, 'key'> | undefined, match: QueryTerm['match']): string | undefined {
  return term?.match === match ? term.value : undefined;
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

/**
 * Harbor's `Link` header: relative, its parameters in the order of their names and no more escaped than they must be;
 * `prev` and `next`, each only when that page has rows; undefined without either.
 */
export function pageLinks(path: string, query: URLSearchParams, page: ApiPage, total: number): string | undefined {
  const linkTo = (number: number, rel: string) => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(number));
    // Who asked for all goes on asking so: the rows that come then are more than a page may ask for.
    parameters.set('page_size', String(page.pageSize > 0 ? limitOf(page) : page.pageSize));
    parameters.sort();
    return `<${path}?${readable(parameters)}>; rel="${rel}"`;
  };
  const links: string[] = [];
  if (page.page > 1 && offsetOf({ ...page, page: page.page - 1 }) < total) links.push(linkTo(page.page - 1, 'prev'));
  if (page.page * limitOf(page) < total) links.push(linkTo(page.page + 1, 'next'));
  return links.length > 0 ? links.join(' , ') : undefined;
}

/** Of what Harbor writes unescaped, all that cannot end a value, the link or the header. */
function readable(parameters: URLSearchParams): string {
  return String(parameters).replace(/%(?:3D|7E|5B|5D|7B|7D|28|29|3A|2F|40|21|24|27)/g, decodeURIComponent);
}
