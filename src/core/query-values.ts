/** What a key of a listing holds. */
export interface ValueOf {
  text: string;
  /** A safe integer. */
  integer: number;
  /** Milliseconds since the epoch, UTC. */
  time: number;
  flag: boolean;
}

export type ValueKind = keyof ValueOf;

/** Booleans, as Go's `strconv.ParseBool` reads them. */
export const FLAGS = ['true', 'false', '1', '0', 't', 'f', 'T', 'F', 'TRUE', 'FALSE', 'True', 'False'] as const;

export function parseFlag(text: string): boolean | undefined {
  return FLAGS.some((flag) => flag === text) ? /^[1tT]/.test(text) : undefined;
}

export function parseInteger(text: string): number | undefined {
  const value = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * A time in milliseconds. Harbor writes `2006-01-02T15:04:05`, in UTC; what its database would read besides is a blank
 * for the T, a date alone (its midnight), a fraction (cut to milliseconds) and an offset.
 */
export function parseTime(text: string): number | undefined {
  const [, date, time = '00:00:00', fraction = '', offset = 'Z'] = TIME.exec(text) ?? [];
  if (date === undefined) return undefined;
  const atMs = Date.parse(`${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
  const isOnCalendar = new Date(Date.parse(`${date}T00:00:00Z`) || 0).toISOString().startsWith(date);
  return Number.isNaN(atMs) || !isOnCalendar ? undefined : atMs;
}

/** The value that a text stands for; undefined when it is none of this kind. */
export const PARSERS: { readonly [K in ValueKind]: (text: string) => ValueOf[K] | undefined } = {
  text: (text) => text,
  integer: parseInteger,
  time: parseTime,
  flag: parseFlag,
};
