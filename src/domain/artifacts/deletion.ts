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
  const others = candidates.filter(({ id }) => id !== root.id);
  const accessories = Map.groupBy(
    others.filter(({ parentIds }) => parentIds.length === 0),
    ({ accessoryOf }) => accessoryOf,
  );
  const children = Map.groupBy(
    others.filter(({ tagCount }) => tagCount === 0).flatMap((child) => child.parentIds.map((id) => ({ id, child }))),
    ({ id }) => id,
  );
  const staying = new Map(others.map(({ id, parentIds }) => [id, new Set(parentIds)]));
  const going = new Set([root]);
  // What is added on the way is visited too, each once: a chain of thousands takes no longer than as many beside each other.
  for (const { id, digest } of going) {
    for (const accessory of accessories.get(digest) ?? []) going.add(accessory);
    for (const { child } of children.get(id) ?? []) {
      const parents = staying.get(child.id);
      parents?.delete(id);
      if (parents?.size === 0) going.add(child);
    }
  }
  return [...going];
}
