import { AppError } from '#core/errors';

/** The most entries one page of a `/v2` listing holds; a larger `n` is clamped and the rest follows by `Link`. */
export const MAX_LISTING_PAGE = 1_000;

/** A page of a `/v2` listing: up to `limit` entries after `last`, exclusive. */
export interface ListingPage {
  readonly limit: number;
  readonly last: string | undefined;
}

/** A page of a listing by offset, as the management API asks for it. */
export interface OffsetPage {
  readonly limit: number;
  readonly offset: number;
}

/** Reads `n` and `last` (OCI distribution-spec v1.1.1 §"Listing Tags"). No `n` asks for all, which is one full page. */
export function parseListingPage(n: string | undefined, last: string | undefined): ListingPage {
  if (n === undefined || n === '') return { limit: MAX_LISTING_PAGE, last };
  if (!/^\d{1,9}$/.test(n)) {
    throw new AppError('PAGINATION_NUMBER_INVALID', {
      message: 'the N must be a positive int type',
      detail: { n: n.slice(0, 64) },
    });
  }
  return { limit: Math.min(Number(n), MAX_LISTING_PAGE), last };
}

/** The `Link` header that leads to the next page (RFC 8288). `query` holds parameters to carry along. */
export function nextLink(path: string, query: Readonly<Record<string, string>>): string {
  return `<${path}?${new URLSearchParams(query)}>; rel="next"`;
}
