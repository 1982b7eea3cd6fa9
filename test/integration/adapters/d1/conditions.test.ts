import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { type Conditions, conditions } from '#adapters/d1/conditions';
import type { Env } from '#src/env';

const { DB } = env as unknown as Env;

const ROWS = `with item (id, name, at, is_public, labels) as (values
  (1, 'Alpha', 100, 1, '[1,2,3]'), (2, 'beta', 200, 0, '[1]'), (3, 'gamma_%', 300, 1, '[]'))`;

async function idsWhere(where: Conditions): Promise<number[]> {
  const statement = DB.prepare(`${ROWS} select id from item where ${where.sql} order by id`);
  const { results } = await statement.bind(...where.bindings).all<{ id: number }>();
  return results.map(({ id }) => id);
}

describe('conditions of a query', () => {
  it.each([
    ['no condition', 'name', undefined, [1, 2, 3]],
    ['an exact text', 'name', { match: 'exact', value: 'beta' }, [2]],
    ['a flag', 'is_public', { match: 'exact', value: true }, [1, 3]],
    ['a part of a text in any case', 'name', { match: 'fuzzy', value: 'ALP' }, [1]],
    ['what LIKE would take for a pattern', 'name', { match: 'fuzzy', value: '_%' }, [3]],
    ['a range with both ends', 'at', { match: 'range', min: 100, max: 200 }, [1, 2]],
    ['a range open below', 'at', { match: 'range', max: 199 }, [1]],
    ['a range open above', 'at', { match: 'range', min: 300 }, [3]],
    ['one of some numbers', 'id', { match: 'any-of', values: [1, 3, 9] }, [1, 3]],
    ['one of some texts', 'name', { match: 'any-of', values: ['beta', "x' or 1=1 --"] }, [2]],
    ['one of none', 'id', { match: 'any-of', values: [] }, []],
  ] as const)('%s', async (_, column, condition, ids) => {
    expect(await idsWhere(conditions([]).matching(column, condition))).toEqual(ids);
  });

  it.each([
    [[1], [1, 2]],
    [[1, 3], [1]],
    [[1, 9], []],
  ])('every one of %j', async (values, ids) => {
    const has = (label: string) => `${label} in (select value from json_each(item.labels))`;
    expect(await idsWhere(conditions([]).havingAll(has, { match: 'all-of', values }))).toEqual(ids);
  });

  it('are numbered after the bindings they begin with', async () => {
    const where = conditions(['at > ?1'], [100]).matching('at', { match: 'range', min: 1, max: 250 });
    expect(await idsWhere(where.matching('name', undefined))).toEqual([2]);
  });

  it('bind a list of any length to one parameter', async () => {
    const values = Array.from({ length: 5_000 }, (_, index) => index);
    expect(await idsWhere(conditions([]).matching('id', { match: 'any-of', values }))).toEqual([1, 2, 3]);
  });
});
