import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nativeHash, restoreHash, saveableHash } from '#core/running-hash';

const algorithm = fc.constantFrom('sha256' as const, 'sha512' as const);
const pieces = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 12 });

function expected(name: 'sha256' | 'sha512', all: readonly Uint8Array[]) {
  const hash = createHash(name);
  for (const piece of all) hash.update(piece);
  return `${name}:${hash.digest('hex')}`;
}

describe('a running hash', () => {
  it('answers the digest of what it has seen, and goes on', () => {
    fc.assert(
      fc.property(algorithm, pieces, (name, all) => {
        for (const hash of [nativeHash(name), saveableHash(name)]) {
          for (const [index, piece] of all.entries()) {
            hash.update(piece);
            expect(hash.digest()).toBe(expected(name, all.slice(0, index + 1)));
          }
        }
      }),
    );
  });

  it('goes on from a state that was saved as JSON, at any byte', () => {
    fc.assert(
      fc.property(algorithm, pieces, (name, all) => {
        let hash = saveableHash(name);
        for (const piece of all) {
          hash = restoreHash(JSON.parse(JSON.stringify(hash.save())));
          hash.update(piece);
        }
        expect(hash.digest()).toBe(expected(name, all));
      }),
    );
  });
});
