import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeProblem, TYPE_INT64 } from '#routes/api/problems';

const SCHEMA = z.strictObject({
  name: z.string().min(2).max(4).optional(),
  level: z.enum(['system', 'project']).optional(),
  code: z.string().regex(/^a+$/).optional(),
  word: z.string().regex(/^a+$/, 'should be all a').optional(),
  count: z.int().min(1).max(9).optional(),
  above: z.number().gt(0).lt(1).optional(),
  list: z
    .array(z.object({ id: z.int() }))
    .min(1)
    .max(2)
    .optional(),
  page: z.string().refine(Number, TYPE_INT64).optional(),
  either: z.union([z.string(), z.int()]).optional(),
});

function problemsOf(input: unknown, schema: z.ZodType = SCHEMA): string[] {
  const { error } = schema.safeParse(input);
  return (error?.issues ?? []).map((issue) => describeProblem(issue, 'json', input));
}

describe('a problem of a body', () => {
  it.each([
    [{ name: 'a' }, 'name in body should be at least 2 chars long'],
    [{ name: 'abcde' }, 'name in body should be at most 4 chars long'],
    [{ name: 7 }, 'name in body must be of type string: number'],
    [{ name: null }, 'name in body must be of type string: null'],
    [{ level: 'x' }, 'level in body should be one of [system project]'],
    [{ code: 'b' }, "code in body should match '/^a+$/'"],
    [{ word: 'b' }, 'word in body should be all a'],
    [{ count: '7' }, 'count in body must be of type number: string'],
    [{ count: 1.5 }, 'count in body must be of type int64: number'],
    [{ count: 0 }, 'count in body should be greater than or equal to 1'],
    [{ count: 10 }, 'count in body should be less than or equal to 9'],
    [{ above: 0 }, 'above in body should be greater than 0'],
    [{ above: 1 }, 'above in body should be less than 1'],
    [{ list: [] }, 'list in body should have at least 1 items'],
    [{ list: [{ id: 1 }, { id: 2 }, { id: 3 }] }, 'list in body should have at most 2 items'],
    [{ list: [{}] }, 'list.0.id in body is required'],
    [{ list: {} }, 'list in body must be of type array: object'],
    [{ either: true }, 'either in body is invalid'],
    [{ other: 1 }, 'body has the forbidden property "other"'],
    [[], 'body must be of type object: array'],
    [undefined, 'body is required'],
  ])('%j: %s', (input, problem) => {
    expect(problemsOf(input)).toEqual([problem]);
  });

  it('tells of a key that every object has that it is missing', () => {
    expect(problemsOf({}, z.object({ constructor: z.string() }))).toEqual(['constructor in body is required']);
  });
});

it('names the other places, and the text that was no integer there', () => {
  const input = { page: 'x'.repeat(100) };
  const [issue] = SCHEMA.safeParse(input).error?.issues ?? [];
  if (!issue) throw new Error('the input was accepted');
  const text = `must be of type int64: "${'x'.repeat(64)}"`;
  expect(describeProblem(issue, 'query', input)).toBe(`page in query ${text}`);
  expect(describeProblem(issue, 'param', input)).toBe(`page in path ${text}`);
  expect(describeProblem(issue, 'header', input)).toBe(`page in header ${text}`);
});
