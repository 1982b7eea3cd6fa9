import { describe, expect, it } from 'vitest';
import { CURRENT_PARAMETERS, formatPasswordHash, isOutdated, parsePasswordHash } from '#domain/access/password';

const salt = new Uint8Array(16).fill(251);
const key = new Uint8Array(32).fill(254);
const text = formatPasswordHash({ parameters: CURRENT_PARAMETERS, salt, key });

describe('a stored password hash', () => {
  it('reads back what was written', () => {
    expect(text).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    expect(parsePasswordHash(text)).toEqual({ parameters: CURRENT_PARAMETERS, salt, key });
  });

  it.each([
    '',
    'password',
    text.replace('scrypt', 'bcrypt'),
    text.replace('32768', '32767'),
    text.replace('32768', '0'),
    text.replace('32768', '1048576'),
    text.replace('$8$', '$0$'),
    text.replace('$8$', '$99$'),
    text.replace('$3$', '$0$'),
    text.slice(0, 30),
    `${text}$`,
    `${text}+`,
  ])('of another form, or too costly to check, is refused: %s', (other) => {
    expect(parsePasswordHash(other)).toBeUndefined();
  });

  it('is outdated when any parameter differs from those in use', () => {
    const outdated = (changed: object) =>
      isOutdated({ parameters: { ...CURRENT_PARAMETERS, ...changed }, salt, key }, CURRENT_PARAMETERS);
    expect(outdated({})).toBe(false);
    expect([outdated({ cost: 16_384 }), outdated({ blockSize: 4 }), outdated({ parallelization: 1 })]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
