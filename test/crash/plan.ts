import type { Random } from '#test/crash/random';

const KIB = 1024;
const MIB = 1024 * KIB;

const SMALLEST_LAYER_BYTES = 64 * KIB;
const LARGEST_LAYER_BYTES = 24 * MIB;

/** The ways a client may send a blob (OCI dist-spec §"Pushing blobs"). */
const SENDING = ['post', 'post-put', 'stream', 'chunks', 'chunks-put', 'mount'] as const;

export interface LayerPlan {
  /** The bytes follow from it. */
  readonly contentSeed: number;
  readonly sizeBytes: number;
  readonly sending: (typeof SENDING)[number];
  /** Of each chunk but the last, where there are chunks. */
  readonly chunkBytes: number;
}

export interface ImagePlan {
  readonly repository: string;
  /** Its own, and sometimes one that the next image takes over. */
  readonly tags: readonly string[];
  readonly layers: readonly LayerPlan[];
}

export const REPOSITORIES = ['library/crash-one', 'library/crash-two', 'library/crash/three'] as const;

/** An image of one to five layers; `name` tells it from every other. */
export function planImage(random: Random, name: string, pusher: number): ImagePlan {
  const layers = Array.from({ length: random.integer(1, 5) }, () => planLayer(random));
  const tags = random.fraction() < 0.4 ? [name, `moving-${pusher}`] : [name];
  return { repository: random.pick(REPOSITORIES), tags, layers };
}

function planLayer(random: Random): LayerPlan {
  const sizeBytes = random.magnitude(SMALLEST_LAYER_BYTES, LARGEST_LAYER_BYTES);
  return {
    contentSeed: random.integer(0, 2 ** 32 - 1),
    sizeBytes,
    sending: random.pick(SENDING),
    chunkBytes: random.magnitude(Math.max(16 * KIB, Math.ceil(sizeBytes / 12)), sizeBytes),
  };
}
