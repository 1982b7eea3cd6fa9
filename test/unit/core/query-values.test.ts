import { describe, expect, it } from 'vitest';
import { parseFlag, parseInteger, parseTime } from '#core/query-values';

describe('parseTime', () => {
  it.each([
    ['2006-01-02T15:04:05', '2006-01-02T15:04:05.000Z'],
    ['2006-01-02 15:04:05', '2006-01-02T15:04:05.000Z'],
    ['2006-01-02T15:04:05.1239', '2006-01-02T15:04:05.123Z'],
    ['2006-01-02T15:04:05Z', '2006-01-02T15:04:05.000Z'],
    ['2006-01-02T15:04:05+02:00', '2006-01-02T13:04:05.000Z'],
    ['2006-01-02', '2006-01-02T00:00:00.000Z'],
    ['0000-01-01', '0000-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(parseTime(text)).toBe(Date.parse(iso));
  });

  it.each(['', '2006', '2006-13-01', '2006-02-30', '2006-02-30T10:00:00', '2006-01-02T25:00:00', '2006-01-02T15:04'])(
    'has no time for %j',
    (text) => {
      expect(parseTime(text)).toBeUndefined();
    },
  );
});

describe('parseInteger', () => {
  it.each([
    ['0', 0],
    ['-7', -7],
    ['+7', 7],
    ['007', 7],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('%s is %d', (text, value) => {
    expect(parseInteger(text)).toBe(value);
  });

  it.each(['', '1.5', '1e3', '0x1', ' 1', '9007199254740993', '99999999999999999999'])('has none for %j', (text) => {
    expect(parseInteger(text)).toBeUndefined();
  });
});

describe('parseFlag', () => {
  it.each([
    ['true', true],
    ['T', true],
    ['1', true],
    ['False', false],
    ['0', false],
    ['yes', undefined],
    ['tRUE', undefined],
  ])('%s is %s', (text, flag) => {
    expect(parseFlag(text)).toBe(flag);
  });
});
