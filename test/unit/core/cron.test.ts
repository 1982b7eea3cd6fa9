import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextCronTimeMs } from '#core/cron';

const DAY_MS = 86_400_000;
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
    // From a value on to the last there is.
    ['0 5/15 * * * *', '2026-03-14T10:35:00.000Z'],
    ['0 50/15 * * * *', '2026-03-14T10:50:00.000Z'],
    ['45/5 * * * * *', '2026-03-14T10:20:45.000Z'],
    ['0 0 11/5 * * *', '2026-03-14T11:00:00.000Z'],
    ['0 0 0 20/3 * *', '2026-03-20T00:00:00.000Z'],
    ['0 0 0 1 JAN/2 *', '2026-05-01T00:00:00.000Z'],
    ['0 0 0 1 apr/6 *', '2026-04-01T00:00:00.000Z'],
    ['0 0 0 * * TUE/3', '2026-03-17T00:00:00.000Z'],
    ['0 1/20,15 * * * *', '2026-03-14T10:21:00.000Z'],
    ['0 1/40,30 * * * *', '2026-03-14T10:30:00.000Z'],
    ['0 10-19/5,0-4/70 * * * *', '2026-03-14T11:00:00.000Z'],
    ['0 ?/25 * * * *', '2026-03-14T10:25:00.000Z'],
    // Harbor's cron passes over what is empty in a list.
    ['0 5,,30 * * * *', '2026-03-14T10:30:00.000Z'],
    // Either day will do, unless one of them is any.
    ['0 0 0 1-31 * FRI', '2026-03-15T00:00:00.000Z'],
    ['0 0 0 3,* * FRI', '2026-03-20T00:00:00.000Z'],
    ['0 0 0 */1 * FRI', '2026-03-20T00:00:00.000Z'],
    ['0 0 0 20/2 * SUN', '2026-03-15T00:00:00.000Z'],
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
    '0 0 0 * * 7',
    '0 0 0 * * 0-7',
    '0 0 0 * * 5-7',
    '0 0 0 * * FRI-SUN',
    '0 0 0 * * JAN',
    '0 0 0 * MON *',
    '0 MON * * * *',
    '0 60/5 * * * *',
    '0 5/0 * * * *',
    '0 */0 * * * *',
    '0 5/ * * * *',
    '0 /5 * * * *',
    '0 5/5/5 * * * *',
    '0 5-10-15 * * * *',
    '0 5/MON * * * *',
    '0 *-5 * * * *',
    '0 -5 * * * *',
    '0 0 0 0/2 * *',
    '0 , * * * *',
    `0 0 0 ${'1,'.repeat(200)}1 * *`,
  ])('%s is none, or never comes', (cron) => expect(next(cron)).toBeUndefined());
});

/** A part of a field: any value, or those from one on; `last` is its end where it has one. */
interface Part {
  readonly first?: number;
  readonly last?: number;
  readonly step?: number;
}

const BOUNDS = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

function partOf([min, max]: readonly [number, number]): fc.Arbitrary<Part> {
  const value = fc.integer({ min, max });
  const step = fc.option(fc.integer({ min: 1, max: 70 }), { nil: undefined });
  const range = fc.tuple(value, value).map((ends) => ({ first: Math.min(...ends), last: Math.max(...ends) }));
  const from = fc.oneof(
    fc.constant({}),
    value.map((first) => ({ first })),
    range,
  );
  return fc.tuple(from, step).map(([ends, every]) => ({ ...ends, ...(every !== undefined && { step: every }) }));
}

const textOf = ({ first, last, step }: Part) =>
  `${first ?? '*'}${last === undefined ? '' : `-${last}`}${step === undefined ? '' : `/${step}`}`;

/** Whether a value is among those of a field: what `robfig/cron` says in bits, value by value. */
function has(field: readonly Part[], value: number, min: number): boolean {
  return field.some(({ first, last, step }) => {
    if (first !== undefined && last === undefined && step === undefined) return value === first;
    return value >= (first ?? min) && value <= (last ?? value) && (value - (first ?? min)) % (step ?? 1) === 0;
  });
}

const isAny = (field: readonly Part[]) => field.some(({ first, step = 1 }) => first === undefined && step === 1);

function isDayOf(fields: readonly (readonly Part[])[], day: Date): boolean {
  const [, , , days = [], months = [], weekdays = []] = fields;
  if (!has(months, day.getUTCMonth() + 1, 1)) return false;
  const matches = [has(days, day.getUTCDate(), 1), has(weekdays, day.getUTCDay(), 0)];
  return isAny(days) || isAny(weekdays) ? matches.every(Boolean) : matches.some(Boolean);
}

/** Day by day, and on a day that is one, every time of it. */
function naiveNextMs(fields: readonly (readonly Part[])[], afterMs: number): number | undefined {
  const [seconds, minutes, hours] = [60, 60, 24].map((count, index) =>
    Array.from({ length: count }, (_, value) => value).filter((value) => has(fields[index] ?? [], value, 0)),
  );
  const times = hours?.flatMap((hour) =>
    minutes?.flatMap((minute) => seconds?.map((second) => ((hour * 60 + minute) * 60 + second) * 1000) ?? []),
  );
  for (let day = Math.floor(afterMs / DAY_MS) * DAY_MS, tried = 0; tried < 5 * 366; day += DAY_MS, tried++) {
    const time = isDayOf(fields, new Date(day)) ? times?.find((ms = 0) => day + ms > afterMs) : undefined;
    if (time !== undefined) return day + time;
  }
  return undefined;
}

describe('any cron', () => {
  it('comes when counting up to it comes', () => {
    const fields = fc.tuple(...BOUNDS.map((bounds) => fc.array(partOf(bounds), { minLength: 1, maxLength: 3 })));
    const after = fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2030-01-01T00:00:00Z') });
    fc.assert(
      fc.property(fields, after, (parts, afterMs) => {
        const cron = parts.map((field) => field.map(textOf).join(',')).join(' ');
        expect(nextCronTimeMs(cron, afterMs)).toBe(naiveNextMs(parts, afterMs));
      }),
    );
  });
});
