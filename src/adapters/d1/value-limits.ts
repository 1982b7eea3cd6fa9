/**
 * D1 takes no value and no row of more than 2,000,000 bytes (developers.cloudflare.com/d1/platform/limits), and a
 * manifest may have twice as much. So many characters are never more, whatever they are.
 */
const MAX_VALUE_LENGTH = 600_000;

/** The text, or null where it is too long to be kept in a row; the manifest itself has it still. */
export function storableText(text: string): string | null {
  return text.length <= MAX_VALUE_LENGTH ? text : null;
}

export interface JsonSlice {
  /** A JSON list, to be bound as one value. */
  readonly json: string;
  /** Items in the slices before. */
  readonly offset: number;
}

/** A list as JSON, in as few slices as can be bound; each item must fit by itself. None for an empty list. */
export function jsonSlices(items: readonly unknown[]): readonly JsonSlice[] {
  const slices: { texts: string[]; length: number; offset: number }[] = [];
  for (const [offset, item] of items.entries()) {
    const text = JSON.stringify(item);
    const last = slices.at(-1);
    if (last && last.length + text.length < MAX_VALUE_LENGTH) {
      last.texts.push(text);
      last.length += text.length + 1;
    } else {
      slices.push({ texts: [text], length: text.length + 2, offset });
    }
  }
  return slices.map(({ texts, offset }) => ({ json: `[${texts.join(',')}]`, offset }));
}
