import { Cron } from 'croner';

/** What the values of a field are, as in the cron Harbor uses (`robfig/cron` v3, spec.go). */
interface Bounds {
  readonly min: number;
  readonly max: number;
  /** What stands for the values from `min` on. */
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Sunday is 0; there is no 7. */
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];

/** `*`, `?`, a value or a range of two, each with a step or without; nothing else means anything. */
const PART = /^(?:[*?]|([a-z]{3}|\d{1,9})(?:-([a-z]{3}|\d{1,9}))?)(?:\/(\d{1,9}))?$/;
/** Longer than any that says something. */
const MAX_LENGTH = 200;

/**
 * When a cron comes next after a time, in UTC; undefined when it is no cron, or never comes. Six fields: seconds, minutes,
 * hours, day of the month, month, day of the week. Of the two kinds of day one is enough, unless either is `*`.
 */
export function nextCronTimeMs(cron: string, afterMs: number): number | undefined {
  const fields = cron.trim().toLowerCase().split(/\s+/);
  if (cron.length > MAX_LENGTH || fields.length !== FIELDS.length) return undefined;
  const read = FIELDS.map((bounds, index) => readField(fields[index] ?? '', bounds));
  if (read.includes(undefined)) return undefined;
  try {
    return new Cron(read.join(' '), { timezone: 'UTC', mode: '6-part' }).nextRun(new Date(afterMs))?.getTime();
  } catch {
    return undefined;
  }
}

/** The field as `*` or the list of its values, which are all that the library is asked to understand. */
function readField(field: string, bounds: Bounds): string | undefined {
  const values = new Set<number>();
  let isAny = false;
  for (const part of field.split(',').filter((each) => each !== '')) {
    const read = readPart(part, bounds);
    if (!read) return undefined;
    isAny ||= read.isAny;
    for (let value = read.first; value <= read.last; value += read.step) values.add(value);
  }
  if (values.size === 0) return undefined;
  return isAny ? '*' : [...values].sort((one, other) => one - other).join(',');
}

function readPart(part: string, { min, max, names = [] }: Bounds) {
  const [match, low, high, everySo] = PART.exec(part) ?? [];
  if (match === undefined) return undefined;
  const readValue = (text: string) => (names.includes(text) ? names.indexOf(text) + min : Number(text));
  const step = Number(everySo ?? 1);
  const first = low === undefined ? min : readValue(low);
  // `N/step` is `N-max/step` (`robfig/cron` v3, parser.go getRange).
  const last = high === undefined ? (low === undefined || everySo !== undefined ? max : first) : readValue(high);
  // A name of no such value is no number, and compares as false.
  if (!(step > 0 && first >= min && last <= max && first <= last)) return undefined;
  return { first, last, step, isAny: low === undefined && step === 1 };
}
