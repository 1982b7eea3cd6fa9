import { describe, expect, it } from 'vitest';
import { nextCronTimeMs } from '#core/cron';

const AFTER = Date.parse('2026-03-14T10:20:30Z');
const next = (cron: string) => {
  const ms = nextCronTimeMs(cron, AFTER);
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

describe('a cron', () => {
  it.each([
    ['0 0 * * * *', '2026-03-14T11:00:00.000Z'],
    ['0 0 0 * * *', '2026-03-15T00:00:00.000Z'],
    ['0 0 0 * * 0', '2026-03-15T00:00:00.000Z'],
    ['*/15 * * * * *', '2026-03-14T10:20:45.000Z'],
    ['31 20 10 14 3 ?', '2026-03-14T10:20:31.000Z'],
    ['0 30 2 1 JAN *', '2027-01-01T02:30:00.000Z'],
    ['0 0 5 ? * MON-FRI', '2026-03-16T05:00:00.000Z'],
    ['0 0 3 13 * 5', '2026-03-20T03:00:00.000Z'],
    ['0 0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
    ['  0 0   0 * * *  ', '2026-03-15T00:00:00.000Z'],
  ])('%s comes next, in UTC, at %s', (cron, expected) => expect(next(cron)).toBe(expected));

  it.each([
    '',
    'never',
    '* * * * *',
    '0 0 0 * * * *',
    '61 * * * * *',
    '0 0 24 * * *',
    '0 0 0 32 * *',
    '0 0 0 * 13 *',
    '0 0 0 L * *',
    '0 0 0 * * 5#2',
    '0 0 0 15W * *',
    '0 0 0 30 2 *',
    '@daily',
    '0 0 0 * * FOO',
    '0 0 0 1-0 * *',
    `0 0 0 ${'1,'.repeat(200)}1 * *`,
  ])('%s is none, or never comes', (cron) => expect(next(cron)).toBeUndefined());
});
