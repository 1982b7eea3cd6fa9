import type { ByteRange } from '#core/byte-range';
import type { Digest } from '#core/digest';

/** What an object says of itself, so that rows can be rebuilt from objects. All text. */
export interface ObjectLabels {
  readonly kind: 'blob' | 'manifest';
  readonly repository: string;
  /** Unknown while a stream is still arriving; a journal object says it then. */
  readonly digest?: Digest | undefined;
}

export interface StoredPart {
  readonly partNumber: number;
  readonly etag: string;
}

/** One part, of a length that a stream knows of itself. */
export interface PartToStore {
  readonly partNumber: number;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

export interface WriteOptions {
  /** The digest the bytes must have. */
  readonly verify?: Digest;
}

/** An object that is there. */
interface ListedObject {
  readonly key: string;
  readonly uploadedAtMs: number;
}

/** Objects in the order of their keys. */
export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  readonly isLast: boolean;
}

/** The bytes of blobs, under opaque keys. */
export interface BlobStorage {
  /** A key under which nothing has been written yet. Its intent is on record when this returns. */
  newObjectKey(): Promise<string>;

  /** A text that sorts after the keys whose intents were opened before a time. */
  keyBound(atMs: number): string;

  /** The bytes, or a range of them; undefined when there is no such object. */
  read(objectKey: string, range?: ByteRange): Promise<ReadableStream<Uint8Array> | undefined>;

  /** Size in bytes; undefined when there is no such object. */
  sizeOf(objectKey: string): Promise<number | undefined>;

  /**
   * Stores bytes in one piece; a stream must know its length. With `verify`, rejects with DIGEST_INVALID and stores
   * nothing when they differ.
   */
  write(
    objectKey: string,
    body: Uint8Array | ReadableStream<Uint8Array>,
    labels: ObjectLabels,
    options?: WriteOptions,
  ): Promise<void>;

  /** Deletes up to 500 objects; absent ones count as deleted. */
  delete(objectKeys: readonly string[]): Promise<void>;

  /** Objects whose keys begin with `prefix` and come after `after`, of all when there is no prefix. At most 500. */
  list(prefix: string, after?: string): Promise<ObjectPage>;

  /** Journal entries after that of the object `after`, by the keys of the objects they describe. At most 500. */
  listJournal(after?: string): Promise<ObjectPage>;

  /** Records the digest of an object whose labels could not hold it. */
  writeJournal(objectKey: string, labels: ObjectLabels & { readonly digest: Digest }): Promise<void>;
}

/** Writing an object in equal parts (the last may be smaller), each at least 5 MiB and at most 10,000 of them. */
export interface MultipartStorage {
  start(objectKey: string, labels: ObjectLabels): Promise<string>;
  /** Stores one part; a number stored again replaces what was there. */
  writePart(objectKey: string, uploadId: string, part: PartToStore): Promise<StoredPart>;
  /** Makes the parts one object. May be repeated: an upload that is already complete is fine. */
  complete(objectKey: string, uploadId: string, parts: readonly StoredPart[], sizeBytes: number): Promise<void>;
  /** Forgets the parts. May be repeated, and does nothing to a complete object. */
  abort(objectKey: string, uploadId: string): Promise<void>;
}
