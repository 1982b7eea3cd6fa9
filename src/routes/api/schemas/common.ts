import { z } from '@hono/zod-openapi';
import { MAX_PAGE_SIZE } from '#core/api-query';
import { AppError, type ErrorStatus } from '#core/errors';
import { FLAGS, parseFlag } from '#core/query-values';
import { TYPE_INT64 } from '#routes/api/problems';

const errorsSchema = z
  .object({
    errors: z.array(z.object({ code: z.string(), message: z.string(), detail: z.unknown().optional() })),
  })
  .openapi('Errors');

const MAX_INT64 = 2n ** 63n - 1n;

/** What is too far from zero to be counted exactly is as far as can be. */
function toInteger(text: string): number {
  return Math.max(Math.min(Number(text), Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER);
}

function isInt64(text: string): boolean {
  if (!/^[+-]?\d{1,32}$/.test(text)) return false;
  const value = BigInt(text.replace(/^\+/, ''));
  return value <= MAX_INT64 && value >= -MAX_INT64 - 1n;
}

/** Integers in query strings; an empty one is none. */
function queryInteger(fallback: number) {
  return z
    .string()
    .refine((text) => text === '' || isInt64(text), TYPE_INT64)
    .optional()
    .transform((text) => (text ? toInteger(text) : fallback))
    .openapi({ type: 'integer', format: 'int64', default: fallback });
}

/** Ids in paths. */
export const idSchema = z
  .string()
  .refine(isInt64, TYPE_INT64)
  .transform(toInteger)
  .openapi({ type: 'integer', format: 'int64' });

/** Booleans in query strings and headers, as Go reads them. */
export const flagSchema = z
  .enum(FLAGS)
  .transform((text) => parseFlag(text) === true)
  .openapi({ type: 'boolean' });

/** A boolean in a `q` or in metadata; BAD_REQUEST when it is none. */
export function toFlag(name: string, text: string): boolean {
  const flag = parseFlag(text);
  if (flag !== undefined) return flag;
  throw new AppError('BAD_REQUEST', { message: `invalid value of ${name}: it must be true or false` });
}

/** `page` and `page_size`; 0 or less asks for all rows. */
export const pageQuerySchema = z.object({
  page: queryInteger(1).transform((page) => Math.max(page, 1)),
  page_size: queryInteger(10).refine(
    (size) => size <= MAX_PAGE_SIZE,
    `should be less than or equal to ${MAX_PAGE_SIZE}`,
  ),
  q: z.string().optional(),
  sort: z.string().optional(),
});

/** What the document replaces by the description of the status (`routes/api/common-failures.ts`). */
export const FAILURE = 'failure';

/**
 * The failures that are an operation's own. Those that follow from its form alone (credentials, a body, parameters) are
 * added by the document.
 */
export function errorResponses<S extends ErrorStatus>(...statuses: readonly S[]) {
  const response = { description: FAILURE, content: { 'application/json': { schema: errorsSchema } } };
  return Object.fromEntries(statuses.map((status) => [status, response])) as Record<S, typeof response>;
}

/** A named schema, or null. With `.nullable()` the component itself would allow null wherever the document names it. */
export function orNull<T extends z.ZodType>(schema: T) {
  return z.union([schema, z.null()]);
}

/** Headers of a list. */
const listHeaders = z.object({
  'X-Total-Count': z.string().openapi({ description: 'rows there are in all' }),
  Link: z.string().optional().openapi({ description: 'previous and next page' }),
});

/** The response of a list: a page of rows, and how to reach the others. */
export function listResponse<Row extends z.ZodType>(row: Row, description = 'ok') {
  return {
    description,
    headers: listHeaders,
    content: { 'application/json': { schema: z.array(row) } },
  } as const;
}

/** Go's zero time, which Harbor sends for what has never happened. */
const NEVER = '0001-01-01T00:00:00.000Z';

/** Times on the wire are ISO 8601 with milliseconds, UTC. */
export function toTimestamp(atMs: number | undefined): string {
  return atMs === undefined ? NEVER : new Date(atMs).toISOString();
}
