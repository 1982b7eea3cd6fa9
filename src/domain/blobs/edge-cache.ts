import type { ByteRange } from '#core/byte-range';
import type { Digest } from '#core/digest';

/** Bytes the platform keeps near its clients, by digest. Entries never change, and may vanish at any time. */
export interface EdgeCache {
  read(digest: Digest, range?: ByteRange): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Keeps a body; one that ends early is not kept. */
  write(digest: Digest, sizeBytes: number, body: ReadableStream<Uint8Array>): Promise<void>;
}
