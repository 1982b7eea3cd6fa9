import { AppError } from '#core/errors';

/** The ways a term of `q=` can match. */
export type Match = 'exact' | 'fuzzy' | 'range' | 'any-of' | 'all-of';

/** A bound of a range, as it was written. */
export interface WrittenBound {
  readonly text: string;
  /** Whether the bound itself is within. */
  readonly isInclusive: boolean;
}

/** What a term asks of its key, its values still text. */
export type WrittenCondition =
  | { readonly match: 'exact' | 'fuzzy'; readonly text: string }
  | { readonly match: 'range'; readonly min?: WrittenBound; readonly max?: WrittenBound }
  | { readonly match: 'any-of' | 'all-of'; readonly texts: readonly string[] };

/** One term of a `q=`. */
export interface WrittenTerm {
  readonly key: string;
  readonly condition: WrittenCondition;
}

/** The operators that a key may end with (`harbor:src/lib/orm/query.go`, setFilters). */
const OPERATORS: Readonly<Record<string, (text: string) => WrittenCondition>> = {
  exact: (text) => ({ match: 'exact', text: unescaped(text) }),
  icontains: (text) => ({ match: 'fuzzy', text: unescaped(text) }),
  in: (text) => (text.startsWith('{') ? parseCondition(text) : { match: 'any-of', texts: [unescaped(text)] }),
  gte: (text) => ({ match: 'range', min: { text: unquoted(text), isInclusive: true } }),
  gt: (text) => ({ match: 'range', min: { text: unquoted(text), isInclusive: false } }),
  lte: (text) => ({ match: 'range', max: { text: unquoted(text), isInclusive: true } }),
  lt: (text) => ({ match: 'range', max: { text: unquoted(text), isInclusive: false } }),
};

/**
 * Reads Harbor's `q=` (`harbor:src/lib/q/builder.go`): terms joined by commas, each `k=v` (exact), `k=~v` (contains),
 * `k=[min~max]` (either side may be left open), `k={a b}` (one of) or `k=(a b)` (all of); `k__gte=v` and its like are
 * the same in other words. A leading backslash makes the next character an ordinary one. BAD_REQUEST for anything else.
 *
 * Harbor decodes the text once more than the query string itself is, after which a comma in a value would end it. Here
 * values are decoded after the commas have been found, unless the whole text came encoded twice.
 */
export function parseTerms(text: string | undefined): readonly WrittenTerm[] {
  if (!text) return [];
  return (text.includes('=') ? text : decodeOnce(text)).split(',').map(parseTerm);
}

function parseTerm(text: string): WrittenTerm {
  const equals = text.indexOf('=');
  const written = text.slice(0, Math.max(equals, 0)).trim();
  const value = decodeOnce(text.slice(equals + 1)).trim();
  const { key, operator } = splitKey(written);
  if (key === '' || value === '') {
    throw badRequest('the query string must contain "=" and the key/value cannot be empty');
  }
  const read = operator === undefined ? parseCondition : operatorNamed(operator);
  return { key, condition: read(value) };
}

function splitKey(written: string): { readonly key: string; readonly operator?: string } {
  const at = written.indexOf('__');
  return at < 0 ? { key: written } : { key: written.slice(0, at), operator: written.slice(at + 2) };
}

function operatorNamed(name: string): (text: string) => WrittenCondition {
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!operator) throw badRequest(`the query string has no operator __${name.slice(0, 64)}`);
  return operator;
}

function parseCondition(text: string): WrittenCondition {
  switch (text[0]) {
    case '~':
      if (text.length === 1) throw invalid(text);
      return { match: 'fuzzy', text: text.slice(1) };
    case '[':
      return parseRange(text);
    case '{':
      return { match: 'any-of', texts: parseList(text, '}') };
    case '(':
      return { match: 'all-of', texts: parseList(text, ')') };
    default:
      return { match: 'exact', text: unescaped(text) };
  }
}

function parseRange(text: string): WrittenCondition {
  const [min, max, ...more] = text.slice(1, -1).split('~');
  if (!text.endsWith(']') || min === undefined || max === undefined || more.length > 0) throw invalid(text);
  const [from, to] = [unquoted(min), unquoted(max)];
  if (from === '' && to === '') throw invalid(text);
  return {
    match: 'range',
    ...(from === '' ? {} : { min: { text: from, isInclusive: true } }),
    ...(to === '' ? {} : { max: { text: to, isInclusive: true } }),
  };
}

/** Blanks separate the values, within quotes too. A list may be empty. */
function parseList(text: string, end: string): readonly string[] {
  if (!text.endsWith(end)) throw invalid(text);
  return text
    .slice(1, -1)
    .split(' ')
    .map(unquoted)
    .filter((value) => value !== '');
}

function unescaped(text: string): string {
  return text.startsWith('\\') ? text.slice(1) : text;
}

function unquoted(text: string): string {
  return text.trim().replace(/^["']+|["']+$/g, '');
}

/** Text with a `%` that escapes nothing is what it says, as in Harbor. A `+` stays: names of robots have one. */
function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function invalid(text: string): AppError {
  return badRequest(`invalid query string value: ${text.slice(0, 64)}`);
}

function badRequest(message: string): AppError {
  return new AppError('BAD_REQUEST', { message });
}
