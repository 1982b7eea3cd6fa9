import { expect, it } from 'vitest';
import { isWellFormedJson } from '#core/well-formed';

it.each(['"😀"', '{"a":["\\ud83d\\ude00",1,null,true]}', '0'])('%s is well-formed', (json) => {
  expect(isWellFormedJson(JSON.parse(json))).toBe(true);
});

it.each(['"\\ud83d"', '["\\ude00\\ud83d"]', '{"a":{"b":["\\ud800x"]}}', '{"\\udc00":1}'])('%s is not', (json) => {
  expect(isWellFormedJson(JSON.parse(json))).toBe(false);
});

it('looks as deep as a body can go', () => {
  const depth = 100_000;
  const nested = (text: string) => JSON.parse(`${'['.repeat(depth)}${text}${']'.repeat(depth)}`) as unknown;
  expect(isWellFormedJson(nested('"x"'))).toBe(true);
  expect(isWellFormedJson(nested('"\\ud800"'))).toBe(false);
});
