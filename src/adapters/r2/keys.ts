/**
 * The tree of keys in the bucket:
 *
 *     blobs/<intent>/<uuid>      bytes: layers, configs, manifests, and uploads that are not finished yet
 *     journal/<intent>/<uuid>    empty; its metadata say what the object of the same name under blobs/ holds,
 *                                where that object was written before its digest was known
 *
 * `<intent>` is `<opened at, ms, base 36>-<uuid>` and names a row of `object_intents` (docs/adr/0006-write-intents.md),
 * so keys sort by the age of their intents. A key is written once and never again.
 */
export const BLOBS = 'blobs/';
export const JOURNAL = 'journal/';

/** Digits of a time in base 36; nine last until the year 5188. */
const TIME_DIGITS = 9;

/** The prefix of all objects of one intent: what `object_intents` records. */
export function intentPrefix(openedAtMs: number, id: string): string {
  return `${keyBound(openedAtMs)}-${id}/`;
}

/** Sorts after all keys of intents opened before a time, and before all others. */
export function keyBound(atMs: number): string {
  return `${BLOBS}${atMs.toString(36).padStart(TIME_DIGITS, '0')}`;
}

export function objectKeyUnder(prefix: string, id: string): string {
  return `${prefix}${id}`;
}

/** Where the journal entry of an object is. */
export function journalKeyOf(objectKey: string): string {
  return `${JOURNAL}${objectKey.slice(BLOBS.length)}`;
}

/** The inverse of {@link journalKeyOf}. */
export function objectKeyOf(journalKey: string): string {
  return `${BLOBS}${journalKey.slice(JOURNAL.length)}`;
}
