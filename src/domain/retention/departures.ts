import type { Digest } from '#core/digest';
import type { Parent } from '#domain/retention/candidate-store';

/** Indexes of indexes are followed so far; what lies beyond stays. */
const MAX_DEPTH = 5;
/** Indexes that are looked at on one level; with more, what they point at stays. */
const MAX_PARENTS = 1_000;

/** What is known of artifacts and the indexes that point at them. */
export interface Surroundings {
  /** Indexes that point at the artifacts; undefined when there are more than `limit`. */
  parentsOf(digests: readonly Digest[], limit: number): Promise<readonly Parent[] | undefined>;
  /** Of these indexes those that go by their own facts. */
  leaving(parents: readonly Parent[]): Promise<ReadonlySet<Digest>>;
}

interface Node {
  /** Whether it may go but for what points at it. */
  readonly isLeaving: boolean;
  /** Undefined when they are not known, or too many. */
  parents: Digest[] | undefined;
}

/**
 * Of artifacts that would go by themselves, and that indexes point at, those that can: an artifact goes only when all its
 * parents go (`harbor:src/controller/artifact/controller.go`, deleteDeeply).
 */
export async function departing(digests: readonly Digest[], around: Surroundings): Promise<ReadonlySet<Digest>> {
  const nodes = new Map<Digest, Node>(digests.map((digest) => [digest, { isLeaving: true, parents: undefined }]));
  let level = digests;
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const parents = await around.parentsOf(level, MAX_PARENTS);
    if (!parents) break;
    for (const digest of level) setParents(nodes, digest, parents);
    level = addParents(nodes, parents, await around.leaving(newParents(nodes, parents)));
  }
  const known = new Map<Digest, boolean>();
  return new Set(digests.filter((digest) => goes(nodes, digest, known)));
}

function setParents(nodes: ReadonlyMap<Digest, Node>, digest: Digest, parents: readonly Parent[]): void {
  const node = nodes.get(digest);
  if (node) {
    node.parents = parents.filter(({ childDigest }) => childDigest === digest).map(({ parent }) => parent.digest);
  }
}

/** Each once, though it have many children. */
function newParents(nodes: ReadonlyMap<Digest, Node>, parents: readonly Parent[]): readonly Parent[] {
  const byDigest = new Map(parents.map((each) => [each.parent.digest, each]));
  return [...byDigest.values()].filter(({ parent }) => !nodes.has(parent.digest));
}

/** Adds what is new; answers what has parents of its own that matter. */
function addParents(
  nodes: Map<Digest, Node>,
  parents: readonly Parent[],
  leaving: ReadonlySet<Digest>,
): readonly Digest[] {
  const next: Digest[] = [];
  for (const { parent } of newParents(nodes, parents)) {
    const isLeaving = leaving.has(parent.digest);
    nodes.set(parent.digest, { isLeaving, parents: parent.isReferenced ? undefined : [] });
    if (isLeaving && parent.isReferenced) next.push(parent.digest);
  }
  return next;
}

function goes(nodes: ReadonlyMap<Digest, Node>, digest: Digest, known: Map<Digest, boolean>): boolean {
  const told = known.get(digest);
  if (told !== undefined) return told;
  const node = nodes.get(digest);
  const parents = node?.isLeaving ? node.parents : undefined;
  const isGoing = parents?.every((parent) => goes(nodes, parent, known)) ?? false;
  known.set(digest, isGoing);
  return isGoing;
}
