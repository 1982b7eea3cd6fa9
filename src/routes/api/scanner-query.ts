import { parseSort, toOffsetPage } from '#core/api-query';
import { parseListingFilter } from '#core/listing-filter';
import { SCANNER_ORDERS, type ScannerFilter, type ScannerPage } from '#domain/scanners/scanner-store';

const FILTER_KEYS = {
  uuid: { of: 'text', by: ['exact', 'any-of'] },
  name: { of: 'text', by: ['exact', 'fuzzy', 'any-of'] },
  description: { of: 'text', by: ['exact', 'fuzzy', 'any-of'] },
  url: { of: 'text', by: ['exact', 'fuzzy', 'any-of'] },
  auth: { of: 'text', by: ['exact', 'any-of'] },
  disabled: { of: 'flag', by: ['exact'] },
  is_default: { of: 'flag', by: ['exact'] },
  create_time: { of: 'time', by: ['range'] },
  update_time: { of: 'time', by: ['range'] },
} as const;

/** What a list of scanners is asked for. */
interface ScannerQuery {
  readonly page: number;
  readonly page_size: number;
  readonly q?: string | undefined;
  readonly sort?: string | undefined;
}

/** The default scanner comes first and then the newest, unless the query says otherwise. */
export function readScannerQuery(query: ScannerQuery): { readonly filter: ScannerFilter; readonly page: ScannerPage } {
  const fallback = { key: 'is_default', isDescending: true } as const;
  const { key: orderBy, isDescending } = parseSort(query.sort, SCANNER_ORDERS, fallback);
  const page = toOffsetPage({ page: query.page, pageSize: query.page_size });
  return { filter: parseListingFilter(query.q, FILTER_KEYS), page: { ...page, orderBy, isDescending } };
}

/** Parameters of Harbor's lists from before there was `q`. */
interface OlderQuery {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly url?: string | undefined;
  readonly ex_name?: string | undefined;
  readonly ex_url?: string | undefined;
}

/** Each of them stands in for the key of a `q`; exact ones count more. */
export function readOlderFilter(query: OlderQuery): ScannerFilter {
  const { name, description, url, ex_name: exactName, ex_url: exactUrl } = query;
  return {
    ...(name && { name: { match: 'fuzzy', value: name } }),
    ...(description && { description: { match: 'fuzzy', value: description } }),
    ...(url && { url: { match: 'fuzzy', value: url } }),
    ...(exactName && { name: { match: 'exact', value: exactName } }),
    ...(exactUrl && { url: { match: 'exact', value: exactUrl } }),
  };
}
