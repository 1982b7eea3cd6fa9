import { AppError } from '#core/errors';
import { type Match, parseTerms, type WrittenBound, type WrittenCondition } from '#core/query-grammar';
import { PARSERS, type ValueKind, type ValueOf } from '#core/query-values';

/** A key a listing filters by: what it holds, and how it can be matched. Only numbers and times have ranges. */
type ListingKey =
  | { readonly of: 'text' | 'flag'; readonly by: readonly Exclude<Match, 'range'>[] }
  | { readonly of: 'integer' | 'time'; readonly by: readonly Exclude<Match, 'fuzzy'>[] };

/** The keys of a listing, in snake_case; requests may write them in CamelCase. */
export type ListingKeys = Readonly<Record<string, ListingKey>>;

/** Both bounds are within; at least one is there. */
export interface RangeCondition {
  readonly match: 'range';
  readonly min?: number;
  readonly max?: number;
}

export type ConditionBy<M extends Match, V> = M extends 'exact'
  ? { readonly match: 'exact'; readonly value: V }
  : M extends 'fuzzy'
    ? { readonly match: 'fuzzy'; readonly value: string }
    : M extends 'range'
      ? RangeCondition
      : M extends 'any-of' | 'all-of'
        ? { readonly match: M; readonly values: readonly V[] }
        : never;

/** What a `q=` asks of a listing, by key: values of the key's kind, matched in one of the ways it declares. */
export type ListingFilter<K extends ListingKeys> = {
  readonly [key in keyof K]?: ConditionBy<K[key]['by'][number], ValueOf[K[key]['of']]>;
};

type AnyCondition = ConditionBy<Match, ValueOf[ValueKind]>;

/**
 * Reads the `q=` of a listing that filters by `keys`:
 *
 *     const KEYS = { push_time: { of: 'time', by: ['range'] }, labels: { of: 'integer', by: ['all-of'] } } as const;
 *     const { push_time, labels } = parseListingFilter(q, KEYS);
 *
 * BAD_REQUEST for a term that no key can serve, and for a value that is none of the key's kind: an answer that leaves
 * a condition out holds more than was asked for, and somebody may delete what it lists.
 */
export function parseListingFilter<K extends ListingKeys>(text: string | undefined, keys: K): ListingFilter<K> {
  const filter = new Map<string, AnyCondition>();
  for (const { key: written, condition } of parseTerms(text)) {
    const [key, declared] = keyNamed(keys, written);
    if (!declared?.by.some((match) => match === condition.match)) {
      throw badRequest(`this list has no ${condition.match} filter by ${written.slice(0, 64)}`);
    }
    const read = readCondition(condition, (value) => toValue(declared.of, key, value));
    filter.set(key, merged(key, filter.get(key), read));
  }
  // Each condition has been checked against what its key declares.
  return Object.fromEntries(filter) as ListingFilter<K>;
}

/** Keys are written `ProjectID` and `project_id` alike. */
export function normalizeKey(key: string): string {
  return key.toLowerCase().replaceAll('_', '');
}

function keyNamed(keys: ListingKeys, written: string): readonly [string, ListingKey | undefined] {
  const normal = normalizeKey(written);
  return Object.entries(keys).find(([key]) => normalizeKey(key) === normal) ?? [written, undefined];
}

function toValue(kind: ValueKind, key: string, text: string): ValueOf[ValueKind] {
  const value = PARSERS[kind](text);
  if (value === undefined) throw badRequest(`invalid value of ${key}: "${text.slice(0, 64)}" is no ${kind}`);
  return value;
}

function readCondition(condition: WrittenCondition, toValueOfKey: (text: string) => ValueOf[ValueKind]): AnyCondition {
  switch (condition.match) {
    case 'exact':
      return { match: 'exact', value: toValueOfKey(condition.text) };
    case 'fuzzy':
      return { match: 'fuzzy', value: condition.text };
    case 'range': {
      const bound = (written: WrittenBound, step: number) =>
        Number(toValueOfKey(written.text)) + (written.isInclusive ? 0 : step);
      return {
        match: 'range',
        // Integers and milliseconds: what is more than n is n + 1 at least.
        ...(condition.min && { min: bound(condition.min, 1) }),
        ...(condition.max && { max: bound(condition.max, -1) }),
      };
    }
    case 'any-of':
    case 'all-of':
      if (condition.match === 'all-of' && condition.texts.length === 0) throw badRequest('a list of all has no values');
      return { match: condition.match, values: condition.texts.map(toValueOfKey) };
  }
}

/** A key may be named twice only for the two ends of a range: `k__gte=1,k__lt=9`. */
function merged(key: string, known: AnyCondition | undefined, next: AnyCondition): AnyCondition {
  if (!known) return next;
  const isOtherEnd =
    known.match === 'range' &&
    next.match === 'range' &&
    (known.min === undefined || next.min === undefined) &&
    (known.max === undefined || next.max === undefined);
  if (!isOtherEnd) throw badRequest(`the query names the key ${key} twice`);
  return { ...known, ...next };
}

function badRequest(message: string): AppError {
  return new AppError('BAD_REQUEST', { message });
}
