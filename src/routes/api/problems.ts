import type { z } from '@hono/zod-openapi';
import type { ValidationTargets } from 'hono';

type Issue = z.core.$ZodIssue;

/** Where a value was, in the words of Harbor's validation (go-openapi/errors). */
const PLACES: Readonly<Record<keyof ValidationTargets, string>> = {
  json: 'body',
  form: 'formData',
  query: 'query',
  param: 'path',
  header: 'header',
  cookie: 'cookie',
};

const MAX_VALUE_LENGTH = 64;

/** What is wrong with an input, as Harbor says it: `page_size in query should be less than or equal to 100`. */
export function describeProblem(issue: Issue, target: keyof ValidationTargets, input: unknown): string {
  const value = valueAt(input, issue.path);
  const name = issue.path.length > 0 ? `${issue.path.map(String).join('.')} in ` : '';
  const what = value === undefined ? 'is required' : describe(issue, target === 'json' ? typeOf(value) : shown(value));
  return `${name}${PLACES[target]} ${what}`;
}

/** `found` is told of a value that is of another type. */
function describe(issue: Issue, found: string): string {
  if (issue.message === TYPE_INT64) return ofType('int64', found);
  switch (issue.code) {
    case 'invalid_type':
      return ofType(issue.expected === 'int' ? 'int64' : issue.expected, found);
    case 'invalid_value':
      return `should be one of [${issue.values.map(String).join(' ')}]`;
    case 'too_big':
      return `should ${atMost(issue.origin, Number(issue.maximum), issue.inclusive ?? true)}`;
    case 'too_small':
      return `should ${atLeast(issue.origin, Number(issue.minimum), issue.inclusive ?? true)}`;
    case 'unrecognized_keys':
      return `has the forbidden property ${shown(issue.keys[0])}`;
    case 'invalid_format':
      // A schema's own words say more than its pattern.
      return issue.message.startsWith('Invalid') ? `should match '${issue.pattern ?? issue.format}'` : issue.message;
    case 'custom':
      return issue.message;
    default:
      return 'is invalid';
  }
}

/** The words of a schema for text that is no integer; the text is told with them. */
export const TYPE_INT64 = 'must be of type int64';

function ofType(type: string, found: string): string {
  return `must be of type ${type}: ${found}`;
}

function atMost(origin: string, limit: number, isInclusive: boolean): string {
  if (origin === 'string') return `be at most ${limit} chars long`;
  if (origin === 'array' || origin === 'set') return `have at most ${limit} items`;
  return isInclusive ? `be less than or equal to ${limit}` : `be less than ${limit}`;
}

function atLeast(origin: string, limit: number, isInclusive: boolean): string {
  if (origin === 'string') return `be at least ${limit} chars long`;
  if (origin === 'array' || origin === 'set') return `have at least ${limit} items`;
  return isInclusive ? `be greater than or equal to ${limit}` : `be greater than ${limit}`;
}

function shown(value: unknown): string {
  return JSON.stringify(String(value).slice(0, MAX_VALUE_LENGTH));
}

/** Of bodies the type alone: a value may be a secret. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.hasOwn(value, key) ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }, input);
}
