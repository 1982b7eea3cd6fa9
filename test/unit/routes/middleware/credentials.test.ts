import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAuthorization } from '#routes/middleware/credentials';

const encode = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

describe('parseAuthorization', () => {
  it.each([
    ['admin:secret', 'admin', 'secret'],
    ['admin:a:b', 'admin', 'a:b'],
    ['admin:', 'admin', ''],
    ['robot$team+ci:s', 'robot$team+ci', 's'],
    ['jürgen:pässwörd', 'jürgen', 'pässwörd'],
  ])('reads %s', (text, username, password) => {
    expect(parseAuthorization(`Basic ${encode(text)}`)).toEqual({ kind: 'basic', username, password });
  });

  it('reads back any user name without a colon, with any password', () => {
    const text = (minLength: number) =>
      fc.string({ unit: 'grapheme', minLength }).filter((generated) => !/\p{Cc}/u.test(generated));
    const username = text(1).filter((generated) => !generated.includes(':'));
    fc.assert(
      fc.property(username, text(0), (name, password) => {
        const header = `Basic ${encode(`${name}:${password}`)}`;
        expect(parseAuthorization(header)).toEqual({ kind: 'basic', username: name, password });
      }),
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => parseAuthorization(`Basic ${text}`).kind !== 'none'));
  });

  it('does not care about the case of the scheme', () => {
    expect(parseAuthorization(`bAsIc ${encode('a:b')}`)).toMatchObject({ kind: 'basic' });
    expect(parseAuthorization('BEARER abc')).toEqual({ kind: 'bearer', token: 'abc' });
  });

  it.each([undefined, ''])('takes %j for nothing', (header) => {
    expect(parseAuthorization(header)).toEqual({ kind: 'none' });
  });

  it.each([
    'Basic',
    'Basic ',
    'Basic !!!',
    `Basic ${encode('no colon')}`,
    `Basic ${encode(':no user')}`,
    `Basic ${btoa('\xff\xfe:x')}`,
    `Basic ${encode('admin:secret\0')}`,
    `Basic ${encode('ad\tmin:secret')}`,
    `Basic ${encode('admin:secret\u007f')}`,
    'Bearer',
    'Bearer a b',
    'Digest username="x"',
    'garbage',
  ])('takes %s for malformed', (header) => {
    expect(parseAuthorization(header)).toEqual({ kind: 'malformed' });
  });
});
