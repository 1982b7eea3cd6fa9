import type { Digest } from '#core/digest';

/** An artifact that is copied: the one that was asked for, or one that belongs to it. */
export interface CopiedArtifact {
  readonly digest: Digest;
  /** Whether it points at others, as an index does. */
  readonly hasChildren: boolean;
  /** Rows its copy is made of. */
  readonly rows: number;
}

/** In which batches artifacts are written. */
export interface CopyPlan {
  /** Artifacts that point at no other, so that each is whole by itself; one batch a part. */
  readonly parts: readonly (readonly Digest[])[];
  /** What points at others, what is left, and the root: written at once, with all tags. */
  readonly last: readonly Digest[];
}

/**
 * All in one batch where that has no more than `maxRows` rows; else children before their parents, so that nothing
 * half-written is ever seen. A single artifact of more rows is a part of its own.
 */
export function planCopy(artifacts: readonly CopiedArtifact[], root: Digest, maxRows: number): CopyPlan {
  const isLast = ({ digest, hasChildren }: CopiedArtifact) => hasChildren || digest === root;
  const last = artifacts.filter(isLast);
  const parts: CopiedArtifact[][] = [];
  let rows = 0;
  for (const artifact of artifacts.filter((candidate) => !isLast(candidate))) {
    const part = rows + artifact.rows <= maxRows ? parts.at(-1) : undefined;
    if (part) part.push(artifact);
    else parts.push([artifact]);
    rows = part ? rows + artifact.rows : artifact.rows;
  }
  const rest = rows + rowsOf(last) <= maxRows ? (parts.pop() ?? []) : [];
  return { parts: parts.map(digestsOf), last: digestsOf([...rest, ...last]) };
}

export function rowsOf(artifacts: readonly CopiedArtifact[]): number {
  return artifacts.reduce((sum, { rows }) => sum + rows, 0);
}

function digestsOf(artifacts: readonly CopiedArtifact[]): readonly Digest[] {
  return artifacts.map(({ digest }) => digest);
}
