import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNamePart, spanOf } from '#core/name-part';

const part = (text: string) => {
  const parsed = parseNamePart(text);
  if (parsed === undefined) throw new Error('no part of a name');
  return parsed;
};

describe('parseNamePart', () => {
  it('reads in lower case what names are made of', () => {
    expect(parseNamePart('Team-A/app_1.x')).toBe('team-a/app_1.x');
  });

  it.each(['', 'a b', '"', "'", 'a*', 'NEAR(a b)', '%', '🐳', 'a\u0000', 'x'.repeat(256), 'é'])(
    'reads no part in %j',
    (text) => {
      expect(parseNamePart(text)).toBeUndefined();
    },
  );

  it('reads every part of every name', () => {
    const name = fc.stringMatching(/^[a-z0-9]{1,9}[._-][a-z0-9]{1,9}\/[a-z0-9]{1,9}$/);
    fc.assert(
      fc.property(name, fc.nat(), fc.nat(), (text, a, b) => {
        const [from, to] = [Math.min(a, b) % text.length, text.length];
        expect(parseNamePart(text.slice(from, to))).toBe(text.slice(from, to));
      }),
    );
  });
});

describe('spanOf', () => {
  it.each([
    ['app', undefined],
    ['lib/app', ['lib', 'app']],
    ['/app', ['', 'app']],
    ['lib/', ['lib', '']],
    ['lib/team/app', ['lib', 'team/app']],
  ])('splits %s at the slash behind the project', (text, expected) => {
    const span = spanOf(part(text));
    expect(span && [span.projectSuffix, span.repositoryPrefix]).toEqual(expected);
  });
});
