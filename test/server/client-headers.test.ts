import { describe, expect, it } from 'vitest';
import { replaceOnce } from '#scripts/embedded/client-headers';

describe('a replacement in the program of the front door', () => {
  it('keeps the length, so that nothing around it moves', () => {
    const program = Buffer.from('\u0000if (believes(client)) {\u0000');
    replaceOnce(program, 'believes(client)', 'false');
    expect(program.toString()).toBe('\u0000if (false           ) {\u0000');
  });

  it.each(['nothing of the kind', 'believes(client) || believes(client)'])('refuses a program like "%s"', (program) => {
    expect(() => replaceOnce(Buffer.from(program), 'believes(client)', 'false')).toThrow('Miniflare has changed');
  });
});
