import type { Digest } from '#core/digest';

/** What may go with an artifact that is deleted: a child, an accessory, or one of theirs. */
export interface DeletionCandidate {
  readonly id: number;
  readonly digest: Digest;
  readonly tagCount: number;
  /** What it is an accessory of. */
  readonly accessoryOf: Digest | undefined;
  /** Ids of the indexes of its repository that point at it. */
  readonly parentIds: readonly number[];
}

/**
 * What goes with a deleted artifact, and the artifact itself first (`harbor:src/controller/artifact/controller.go`,
 * `deleteDeeply`): its accessories, tagged or not, unless an index points at them; its children that have no tag and that no
 * other index points at; and of all these again. Children somebody else needs stay.
 */
export function deletedWith(root: DeletionCandidate, candidates: readonly DeletionCandidate[]): DeletionCandidate[] {
  const ids = new Set([root.id]);
  const digests = new Set([root.digest]);
  const goes = ({ tagCount, accessoryOf, parentIds }: DeletionCandidate) => {
    if (parentIds.length === 0) return accessoryOf !== undefined && digests.has(accessoryOf);
    return tagCount === 0 && parentIds.every((id) => ids.has(id));
  };
  const going = [root];
  let staying = candidates.filter(({ id }) => id !== root.id);
  for (let before = 0; before < going.length; ) {
    before = going.length;
    const [next, rest] = [staying.filter(goes), staying.filter((candidate) => !goes(candidate))];
    for (const { id, digest } of next) {
      ids.add(id);
      digests.add(digest);
    }
    going.push(...next);
    staying = rest;
  }
  return going;
}
