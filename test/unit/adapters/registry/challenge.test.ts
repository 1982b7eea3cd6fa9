import { describe, expect, it } from 'vitest';
import { parseChallenge } from '#adapters/registry/challenge';

describe('parseChallenge', () => {
  it('reads the token service and the name it has there', () => {
    const challenge = parseChallenge('Bearer realm="https://auth.example.com/token",service="registry.example.com"');
    expect(challenge).toEqual({
      scheme: 'bearer',
      realm: new URL('https://auth.example.com/token'),
      service: 'registry.example.com',
    });
  });

  it('takes parameters in any order and case, with and without quotes', () => {
    const challenge = parseChallenge(
      'bearer Service=registry, error="a, b", REALM="http://127.0.0.1:5001/auth?a=\\"b\\""',
    );
    expect(challenge).toMatchObject({ scheme: 'bearer', service: 'registry' });
    expect(challenge).toHaveProperty('realm.pathname', '/auth');
  });

  it('knows a login by name and password', () => {
    expect(parseChallenge('Basic realm="harbor"')).toEqual({ scheme: 'basic' });
  });

  it.each([
    null,
    '',
    'Negotiate',
    'Bearer',
    'Bearer realm="/token"',
    'Bearer realm="file:///etc/passwd"',
    'Bearer realm="',
  ])('finds no login in %s', (header) => {
    expect(parseChallenge(header)).toBeUndefined();
  });
});
