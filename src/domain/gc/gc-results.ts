/** What a run has brought so far, or would have brought. */
export interface GcResults {
  /** Bytes of the blobs. */
  readonly freedBytes: number;
  /** Blobs that are no manifests, and manifests, whose content is gone. */
  readonly purgedBlobs: number;
  readonly purgedManifests: number;
  /** Artifacts without a tag that went to the trash, each with its accessories and children, and those a policy kept. */
  readonly untaggedArtifacts: number;
  readonly keptArtifacts: number;
  /** Deletions that nobody can undo any more. */
  readonly forgottenArtifacts: number;
  readonly forgottenTags: number;
  /** Links of blobs that no manifest of their repository needed. */
  readonly unlinkedBlobs: number;
}

const NO_RESULTS: GcResults = {
  freedBytes: 0,
  purgedBlobs: 0,
  purgedManifests: 0,
  untaggedArtifacts: 0,
  keptArtifacts: 0,
  forgottenArtifacts: 0,
  forgottenTags: 0,
  unlinkedBlobs: 0,
};

/** The results a task has. */
export function gcResultsOf(results: Readonly<Record<string, unknown>>): GcResults {
  return { ...NO_RESULTS, ...(results as Partial<GcResults>) };
}

export function plus(results: GcResults, found: Partial<GcResults>): GcResults {
  const keys = Object.keys(NO_RESULTS) as (keyof GcResults)[];
  return Object.fromEntries(keys.map((key) => [key, results[key] + (found[key] ?? 0)])) as unknown as GcResults;
}
