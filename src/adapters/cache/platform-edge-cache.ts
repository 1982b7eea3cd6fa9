import type { ByteRange } from '#core/byte-range';
import type { Digest } from '#core/digest';
import type { EdgeCache } from '#domain/blobs/edge-cache';

/** A host nobody can route to: entries are reached by this code alone, never by a request from outside. */
const KEY_PREFIX = 'https://content.roadstead.invalid/';
/** Content never changes under its digest: a year, the most the platform keeps. */
const CACHE_CONTROL = 'public, max-age=31536000, immutable';

/** The data centre's cache (developers.cloudflare.com/workers/runtime-apis/cache). */
export class PlatformEdgeCache implements EdgeCache {
  async read(digest: Digest, range?: ByteRange): Promise<ReadableStream<Uint8Array> | undefined> {
    const headers: HeadersInit = range ? { range: `bytes=${range.first}-${range.last}` } : {};
    const response = await caches.default.match(new Request(KEY_PREFIX + digest, { headers }));
    if (!response?.body) return undefined;
    if (range && response.status !== 206) {
      await response.body.cancel();
      return undefined;
    }
    return response.body;
  }

  async write(digest: Digest, sizeBytes: number, body: ReadableStream<Uint8Array>): Promise<void> {
    const sized = new FixedLengthStream(sizeBytes);
    const headers = {
      'cache-control': CACHE_CONTROL,
      'content-length': String(sizeBytes),
      'content-type': 'application/octet-stream',
    };
    await Promise.all([
      body.pipeTo(sized.writable),
      caches.default.put(KEY_PREFIX + digest, new Response(sized.readable, { headers })),
    ]);
  }
}
