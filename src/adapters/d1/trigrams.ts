import { hasControlCharacter } from '#core/control-characters';

/** A trigram index finds nothing shorter, in characters. */
const MIN_INDEXED = 3;

/** Whether a trigram index can look for the part. */
export function isIndexed(part: string): boolean {
  return [...part].length >= MIN_INDEXED;
}

/** Whether no name holds the part; a NUL would end the phrase it is made. */
export function isNowhere(part: string): boolean {
  return hasControlCharacter(part);
}

/** What a trigram index is asked, in which only quotes mean anything: one phrase, in a column of it. */
export function phraseOf(part: string, column?: string): string {
  const phrase = `"${part.replaceAll('"', '""')}"`;
  return column === undefined ? phrase : `{${column}} : ${phrase}`;
}
