import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCUMENT = join(import.meta.dirname, '../../../docs/benchmarks.md');
const END = '<!-- end of measurement -->';

/** Replaces what docs/benchmarks.md says of each measurement; the rest of it is written by hand and stays. */
export function writeFigures(figures: ReadonlyMap<string, string>): void {
  writeFileSync(DOCUMENT, withFigures(readFileSync(DOCUMENT, 'utf8'), figures));
}

/** The document with these figures between the marks of their measurements; a new one comes after the last. */
export function withFigures(document: string, figures: ReadonlyMap<string, string>): string {
  return [...figures].reduce((text, [name, markdown]) => {
    const begin = `<!-- measurement: ${name} -->`;
    const block = `${begin}\n\n${markdown}\n\n${END}`;
    const from = text.indexOf(begin);
    if (from >= 0) return text.slice(0, from) + block + text.slice(endOf(text, from));
    const last = endOf(text, text.lastIndexOf('<!-- measurement: '));
    return `${text.slice(0, last)}\n\n${block}${text.slice(last)}`;
  }, document);
}

function endOf(text: string, from: number): number {
  const end = text.indexOf(END, from);
  if (from < 0 || end < 0) throw new Error('the document has lost the marks around its figures');
  return end + END.length;
}
