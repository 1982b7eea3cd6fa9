import type { SeedSize } from '#scripts/seed/rows';

const MIB = 1024 * 1024;

/** How much work each measurement does. */
export interface Scale {
  /** Runs of each contestant; the median of them is reported. */
  readonly runs: number;
  /** The streamed push and pull. */
  readonly largeBlobBytes: number;
  /** One run of a request-rate measurement. */
  readonly rateSeconds: number;
  /** Images pushed by each of the parallel pushers in one run. */
  readonly imagesPerPusher: number;
  /** Chunks of the chunked push. */
  readonly chunks: number;
  /** The usual length of one; every third is a little shorter. */
  readonly chunkBytes: number;
  /** Layer sizes whose peak memory is compared, the small one first. */
  readonly memoryLayerBytes: readonly [small: number, large: number];
  /** The large registry of the listings. */
  readonly seed: SeedSize;
}

export const FULL_SCALE: Scale = {
  runs: 3,
  largeBlobBytes: 1024 * MIB,
  rateSeconds: 5,
  imagesPerPusher: 8,
  chunks: 100,
  chunkBytes: 6 * MIB,
  memoryLayerBytes: [64 * MIB, 512 * MIB],
  seed: { repositories: 10_000, artifacts: 100_000, blobs: 1_000_000, projects: 10_000, auditEntries: 100_000 },
};

/** The same measurements in under three minutes, for a change in progress; its figures are no evidence. */
export const QUICK_SCALE: Scale = {
  runs: 1,
  largeBlobBytes: 128 * MIB,
  rateSeconds: 2,
  imagesPerPusher: 3,
  chunks: 20,
  chunkBytes: 1 * MIB,
  memoryLayerBytes: [16 * MIB, 64 * MIB],
  seed: { repositories: 1_000, artifacts: 10_000, blobs: 30_000, projects: 1_000, auditEntries: 10_000 },
};
