import type { Background } from '#core/background';
import { BoundedCache } from '#core/bounded-cache';
import type { ByteRange } from '#core/byte-range';
import type { Clock } from '#core/clock';
import type { Digest } from '#core/digest';
import type { BlobStorage } from '#domain/blobs/blob-storage';
import type { EdgeCache } from '#domain/blobs/edge-cache';

/** Bodies up to this size are kept in the isolate's memory: manifests, configs, small layers. */
const SMALL_BODY_BYTES = 128 * 1024;
/** Memory for small bodies, of the 128 MB an isolate has. */
const SMALL_BODIES_BYTES = 16 * 1024 * 1024;
/** The largest object the platform's cache accepts. */
const MAX_EDGE_CACHED_BYTES = 512 * 1024 * 1024;
/** Immutable bodies do not age; this only lets unused ones go. */
const SMALL_BODY_TTL_MS = 60 * 60_000;

/** Where content is, as far as reading it needs. */
export interface Content {
  readonly digest: Digest;
  readonly objectKey: string;
  readonly sizeBytes: number;
}

export interface ContentReaderDeps {
  readonly storage: Pick<BlobStorage, 'read'>;
  /** Undefined when the deployment turned the edge cache off. */
  readonly edgeCache: EdgeCache | undefined;
  readonly background: Background;
  readonly clock: Clock;
}

/**
 * Reads content from the nearest place: the isolate's memory, the platform's cache, R2. Callers have checked that the
 * reader may see it; what is cached here is keyed by digest alone.
 */
export class ContentReader {
  readonly #deps: ContentReaderDeps;
  readonly #smallBodies: BoundedCache<Uint8Array>;
  readonly #filling = new Set<Digest>();

  constructor(deps: ContentReaderDeps) {
    this.#deps = deps;
    this.#smallBodies = new BoundedCache({
      maxWeight: SMALL_BODIES_BYTES,
      ttlMs: SMALL_BODY_TTL_MS,
      clock: deps.clock,
    });
  }

  /** The bytes, or a range of them; undefined when the object is not there. */
  async read(content: Content, range?: ByteRange): Promise<Uint8Array | ReadableStream<Uint8Array> | undefined> {
    if (content.sizeBytes <= SMALL_BODY_BYTES) {
      const bytes = await this.readAll(content);
      return range && bytes ? bytes.subarray(range.first, range.last + 1) : bytes;
    }
    const { edgeCache, storage } = this.#deps;
    if (!edgeCache || content.sizeBytes > MAX_EDGE_CACHED_BYTES) return storage.read(content.objectKey, range);
    const cached = await edgeCache.read(content.digest, range);
    if (cached) return cached;
    const body = await storage.read(content.objectKey, range);
    if (body) this.#fill(edgeCache, content);
    return body;
  }

  /** All bytes at once, for content that is known to be small, such as a manifest. */
  async readAll(content: Content): Promise<Uint8Array | undefined> {
    const known = this.#smallBodies.get(content.digest);
    if (known) return known;
    const body = await this.#deps.storage.read(content.objectKey);
    if (!body) return undefined;
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    if (bytes.length <= SMALL_BODY_BYTES) this.#smallBodies.put(content.digest, bytes, { weight: bytes.length });
    return bytes;
  }

  /** By a second read, since a `tee` would hold back the client or buffer without bound. */
  #fill(edgeCache: EdgeCache, content: Content): void {
    if (this.#filling.has(content.digest)) return;
    this.#filling.add(content.digest);
    const fill = async () => {
      try {
        const body = await this.#deps.storage.read(content.objectKey);
        if (body) await edgeCache.write(content.digest, content.sizeBytes, body);
      } finally {
        this.#filling.delete(content.digest);
      }
    };
    // A cache that could not be filled costs the next reader a read, no more.
    this.#deps.background(fill().catch(() => undefined));
  }
}
