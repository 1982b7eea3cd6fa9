import { createHash, randomBytes } from 'node:crypto';

/** What clients usually hand to a socket at once (Go's io.Copy). */
const PIECE_BYTES = 32 * 1024;
/** A stretch that begins with bytes of its own. */
const BLOCK_BYTES = 4 * 1024 * 1024;
/** What a block begins with: 12 bytes of the blob and 4 of the block. */
const STAMP_BYTES = 16;
const NOISE = randomBytes(BLOCK_BYTES);

/**
 * Bytes of any length that no other blob has, do not compress, and cost the client next to nothing: each block is the
 * same noise behind a stamp that no other block carries.
 */
export class SyntheticBlob {
  readonly sizeBytes: number;
  /** Computed here, before anybody takes the time. */
  readonly digest: string;
  readonly #seed = randomBytes(STAMP_BYTES - 4);

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
    const hash = createHash('sha256');
    for (const piece of this.pieces()) hash.update(piece);
    this.digest = `sha256:${hash.digest('hex')}`;
  }

  /** The bytes from `start` (inclusive) to `end` (exclusive), in pieces of 32 KiB or less. */
  *pieces(start = 0, end = this.sizeBytes): Generator<Uint8Array> {
    for (let offset = start; offset < end; ) {
      const inBlock = offset % BLOCK_BYTES;
      const length = Math.min(PIECE_BYTES - (offset % PIECE_BYTES), end - offset);
      const piece = NOISE.subarray(inBlock, inBlock + length);
      yield inBlock < STAMP_BYTES ? this.#stamped(piece, offset) : piece;
      offset += length;
    }
  }

  /** All bytes at once, for a blob that is small. */
  bytes(): Buffer {
    return Buffer.concat([...this.pieces()]);
  }

  /** A copy of `piece`, which lies at `offset`, with its share of the block's first bytes replaced by the stamp. */
  #stamped(piece: Uint8Array, offset: number): Uint8Array {
    const stamp = Buffer.alloc(STAMP_BYTES);
    this.#seed.copy(stamp);
    stamp.writeUInt32LE(Math.floor(offset / BLOCK_BYTES), this.#seed.length);
    const copy = Buffer.from(piece);
    stamp.copy(copy, 0, offset % BLOCK_BYTES);
    return copy;
  }
}
