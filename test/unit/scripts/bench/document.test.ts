import { describe, expect, it } from 'vitest';
import { withFigures } from '#scripts/bench/report/document';

const block = (name: string, text: string) => `<!-- measurement: ${name} -->\n\n${text}\n\n<!-- end of measurement -->`;

describe('the document of the figures', () => {
  const document = `before\n\n${block('a', 'old a')}\n\n${block('b', 'old b')}\n\nafter\n`;

  it('takes the new figures of a measurement and keeps those of the others', () => {
    expect(withFigures(document, new Map([['b', 'new b']]))).toBe(
      `before\n\n${block('a', 'old a')}\n\n${block('b', 'new b')}\n\nafter\n`,
    );
  });

  it('has a new measurement after the last', () => {
    expect(withFigures(document, new Map([['c', 'new c']]))).toBe(
      `before\n\n${block('a', 'old a')}\n\n${block('b', 'old b')}\n\n${block('c', 'new c')}\n\nafter\n`,
    );
  });

  it('is left alone when its marks are lost', () => {
    expect(() => withFigures('nothing', new Map([['a', 'x']]))).toThrow('lost the marks');
    expect(() => withFigures('<!-- measurement: a -->', new Map([['a', 'x']]))).toThrow('lost the marks');
  });
});
