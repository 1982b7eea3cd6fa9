import { describe, expect, it } from 'vitest';
import type { Digest } from '#core/digest';
import { type DeletionCandidate, deletedWith } from '#domain/artifacts/deletion';

const digestNo = (id: number) => `sha256:${id}` as Digest;
const candidate = (id: number, more: Partial<DeletionCandidate> = {}): DeletionCandidate => ({
  id,
  digest: digestNo(id),
  tagCount: 0,
  accessoryOf: undefined,
  parentIds: [],
  ...more,
});
const idsOf = (...[root, ...others]: [DeletionCandidate, ...DeletionCandidate[]]) =>
  deletedWith(root, [root, ...others])
    .map(({ id }) => id)
    .sort();

describe('what goes with a deleted artifact', () => {
  const root = candidate(1, { tagCount: 2 });

  it('is its children without tags that no other index needs', () => {
    const children = [
      candidate(2, { parentIds: [1] }),
      candidate(3, { parentIds: [1], tagCount: 1 }),
      candidate(4, { parentIds: [1, 9] }),
    ];
    expect(idsOf(root, ...children)).toEqual([1, 2]);
  });

  it('is its accessories, tagged or not, and theirs, unless an index needs them', () => {
    const accessories = [
      candidate(2, { accessoryOf: digestNo(1), tagCount: 1 }),
      candidate(3, { accessoryOf: digestNo(2) }),
      candidate(4, { accessoryOf: digestNo(1), parentIds: [9] }),
      candidate(5, { accessoryOf: digestNo(9) }),
    ];
    expect(idsOf(root, ...accessories)).toEqual([1, 2, 3]);
  });

  it('is what all the indexes that need it go with, in whatever order they are named', () => {
    const grandchild = candidate(2, { parentIds: [1, 3] });
    const child = candidate(3, { parentIds: [1] });
    const ofGrandchild = candidate(4, { accessoryOf: digestNo(2) });
    expect(idsOf(root, ofGrandchild, grandchild, child)).toEqual([1, 2, 3, 4]);
  });

  it('is found in a chain by looking at each link a few times', () => {
    const LINKS = 500;
    let looks = 0;
    const link = (id: number): DeletionCandidate => ({
      ...candidate(id),
      get accessoryOf() {
        looks += 1;
        return digestNo(id - 1);
      },
    });
    const chain = Array.from({ length: LINKS }, (_, index) => link(LINKS + 1 - index));
    expect(idsOf(root, ...chain)).toHaveLength(LINKS + 1);
    expect(looks).toBeLessThan(5 * LINKS);
  });

  it('is nothing of a child that stays', () => {
    const child = candidate(2, { parentIds: [1], tagCount: 1 });
    expect(idsOf(root, child, candidate(3, { accessoryOf: digestNo(2) }))).toEqual([1]);
  });
});
