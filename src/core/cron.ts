import { Cron } from 'croner';

/** Six fields: seconds, minutes, hours, day of the month, month, day of the week; `?` is `*`, as in Harbor's cron. */
const FIELDS = 6;
/** What the cron Harbor uses knows; `L`, `W`, `#` and `+` would mean something to the library alone. */
const FIELD = /^[\d*/,\-?]+$|^(?:[A-Z]{3}|\d{1,2})(?:[-,](?:[A-Z]{3}|\d{1,2}))*$/i;
/** Longer than any that says something. */
const MAX_LENGTH = 200;

/** When a cron comes next after a time, in UTC; undefined when it is no cron, or never comes. */
export function nextCronTimeMs(cron: string, afterMs: number): number | undefined {
  const fields = cron.trim().split(/\s+/);
  if (cron.length > MAX_LENGTH || fields.length !== FIELDS || !fields.every((field) => FIELD.test(field))) {
    return undefined;
  }
  try {
    const pattern = fields.join(' ').replaceAll('?', '*');
    return new Cron(pattern, { timezone: 'UTC', mode: '6-part' }).nextRun(new Date(afterMs))?.getTime();
  } catch {
    return undefined;
  }
}
