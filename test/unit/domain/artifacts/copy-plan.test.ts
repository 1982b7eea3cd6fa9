import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '#core/digest';
import { type CopiedArtifact, planCopy } from '#domain/artifacts/copy-plan';

const artifact = (name: string, rows: number, hasChildren = false): CopiedArtifact => ({
  digest: name as Digest,
  hasChildren,
  rows,
});
const ROOT = 'root' as Digest;

describe('a plan of a copy', () => {
  it('is one batch where that is small enough', () => {
    const artifacts = [artifact('root', 4, true), artifact('a', 3), artifact('b', 3)];
    expect(planCopy(artifacts, ROOT, 10)).toEqual({ parts: [], last: ['a', 'b', 'root'] });
  });

  it('writes children first where it is not, and what is left of them with their parent', () => {
    const artifacts = [artifact('root', 4, true), artifact('a', 5), artifact('b', 5), artifact('c', 5)];
    expect(planCopy(artifacts, ROOT, 10)).toEqual({ parts: [['a', 'b']], last: ['c', 'root'] });
  });

  it('writes parents at once, whichever of them is whose', () => {
    const artifacts = [artifact('root', 9, true), artifact('inner', 9, true), artifact('a', 9)];
    expect(planCopy(artifacts, ROOT, 10)).toEqual({ parts: [['a']], last: ['root', 'inner'] });
  });

  it('writes an image alone, however large', () => {
    expect(planCopy([artifact('root', 99)], ROOT, 10)).toEqual({ parts: [], last: ['root'] });
  });

  it('writes each artifact once, the root last, and no part of several artifacts that is too large', () => {
    const artifacts = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(artifacts, fc.integer({ min: 1, max: 50 }), (drawn, maxRows) => {
        const all = [artifact('root', 1), ...drawn.map(([rows, has], index) => artifact(`${index}`, rows, has))];
        const { parts, last } = planCopy(all, ROOT, maxRows);
        expect([...parts.flat(), ...last].sort()).toEqual(all.map(({ digest }) => digest).sort());
        const byDigest = new Map(all.map((entry) => [entry.digest, entry]));
        expect(last).toContain(ROOT);
        for (const part of parts) {
          const entries = part.map((digest) => byDigest.get(digest));
          expect(entries.some((entry) => entry?.hasChildren)).toBe(false);
          const rows = entries.reduce((sum, entry) => sum + (entry?.rows ?? 0), 0);
          expect(part.length === 1 || rows <= maxRows).toBe(true);
        }
      }),
    );
  });
});
