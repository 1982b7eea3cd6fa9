/** One mebibyte. */
const MIB = 1024 * 1024;

/** R2: no part but the last may be smaller than 5 MiB, and an object has 10,000 parts at most. */
export const MIN_PART_BYTES = 5 * MIB;
export const MAX_PARTS = 10_000;

/** A body of unknown length is gathered in buffers of 8 MiB, so no object of such bodies exceeds 80 GB. */
export const BUFFERED_PART_BYTES = 8 * MIB;

/** A body of known length streams into parts without a buffer; larger parts cost fewer operations. */
const STREAMED_PART_BYTES = 32 * MIB;
/** What a chunk may leave to be repeated when it breaks. */
const MAX_CHUNK_PART_BYTES = 64 * MIB;

export interface UploadAhead {
  /** Bytes from the start of the object to the end of this body, when the body's length is known. */
  readonly totalBytes: number | undefined;
  /** Length of the chunk, when it is the upload's first and its Content-Range says that more will follow. */
  readonly firstChunkBytes: number | undefined;
}

/**
 * The size of the equal parts of an object, chosen before its first part is written.
 *
 * Clients that chunk send chunks of one size; parts that divide it leave no tail between two requests, and a tail costs
 * a write now and a read later.
 */
export function choosePartSize({ totalBytes, firstChunkBytes }: UploadAhead): number {
  const divisor = firstChunkBytes === undefined ? undefined : largestDivisor(firstChunkBytes);
  if (divisor !== undefined) return divisor;
  if (totalBytes === undefined || totalBytes <= BUFFERED_PART_BYTES) return BUFFERED_PART_BYTES;
  const fewestBytes = Math.ceil(totalBytes / MAX_PARTS / MIB) * MIB;
  return Math.max(STREAMED_PART_BYTES, fewestBytes);
}

/**
 * The largest allowed part size that divides the chunk; undefined when there is none. A chunk that would be an object of
 * too many parts by itself is only said to come, and looking for its divisors would take seconds.
 */
function largestDivisor(chunkBytes: number): number | undefined {
  if (chunkBytes > MAX_PARTS * MAX_CHUNK_PART_BYTES) return undefined;
  const mostParts = Math.floor(chunkBytes / MIN_PART_BYTES);
  for (let parts = Math.ceil(chunkBytes / MAX_CHUNK_PART_BYTES); parts <= mostParts; parts++) {
    if (chunkBytes % parts === 0) return chunkBytes / parts;
  }
  return undefined;
}
