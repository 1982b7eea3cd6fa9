import type { Clock } from '#core/clock';
import { type Digest, type DigestAlgorithm, digestAlgorithm, digestOf } from '#core/digest';
import { AppError } from '#core/errors';
import type { RepositoryName } from '#core/reference';
import { saveableHash } from '#core/running-hash';
import type { BlobStorage } from '#domain/blobs/blob-storage';
import type { Append, AppendOutcome } from '#domain/uploads/append';
import { SMALL_BODY_BYTES, type UploadBuffers } from '#domain/uploads/buffer-pool';
import { ByteSource } from '#domain/uploads/byte-source';
import { EMPTY_LAYOUT, type UploadLayout } from '#domain/uploads/session';
import type { FinishOutcome, UploadFinisher } from '#domain/uploads/upload-finisher';
import type { UploadId, UploadIds } from '#domain/uploads/upload-id';
import type { UploadLeftovers } from '#domain/uploads/upload-leftovers';
import type { UploadSessions } from '#domain/uploads/upload-sessions';
import type { UploadWriter } from '#domain/uploads/upload-writer';

/** The largest body that is stored with one write that R2 verifies: 4 GiB, within its 4.995. */
const MAX_VERIFIED_BYTES = 4 * 1024 ** 3;

/** The bytes of a request. */
export interface UploadBody {
  readonly stream: ReadableStream<Uint8Array> | undefined;
  /** From Content-Length or Content-Range. */
  readonly lengthBytes: number | undefined;
  /** From Content-Range. */
  readonly firstByte: number | undefined;
  /** Whether the length is the client's word alone: without Content-Length the stream does not know it. */
  readonly isUnsized?: boolean;
}

/** The beginning of a body, in memory; `rest` is there unless that was all. */
type BodyHead = Pick<Append, 'head' | 'onHeadRead' | 'rest'>;

/** A body that is expected to end an upload, and where the blob belongs. */
export interface UploadEnd {
  readonly repository: RepositoryName;
  /** The name it was opened under, when the repository may have had that before. */
  readonly openedUnder?: RepositoryName;
  readonly projectId: number;
  readonly digest: Digest;
  readonly body: UploadBody;
}

export interface UploadServiceDeps {
  readonly ids: UploadIds;
  readonly sessions: UploadSessions;
  readonly storage: BlobStorage;
  readonly writer: UploadWriter;
  readonly finisher: UploadFinisher;
  readonly leftovers: UploadLeftovers;
  readonly buffers: UploadBuffers;
  readonly clock: Clock;
}

/**
 * Uploads of blobs, as OCI distribution-spec v1.1.1 §"Pushing blobs" has them. The usual small push costs one write
 * of an object, three calls to the session and one batch of rows; everything else is in `upload-writer.ts`.
 */
export class UploadService {
  readonly #deps: UploadServiceDeps;

  constructor(deps: UploadServiceDeps) {
    this.#deps = deps;
  }

  /** Opens an upload; nothing is written anywhere. */
  start(repository: RepositoryName, algorithm?: DigestAlgorithm): UploadId {
    return this.#deps.ids.issue(repository, this.#deps.clock.nowMs(), algorithm);
  }

  async offset(idText: string, repository: RepositoryName): Promise<number> {
    const id = this.#verify(idText, repository);
    const offset = await this.#deps.sessions.offset(id.text);
    if (offset === undefined) throw new AppError('BLOB_UPLOAD_UNKNOWN');
    return offset;
  }

  /** Appends a body; `refused` when it does not belong at the offset or another request is writing. */
  async append(idText: string, repository: RepositoryName, body: UploadBody): Promise<AppendOutcome> {
    const id = this.#verify(idText, repository);
    if (!body.stream) return { kind: 'stored', offsetBytes: await this.offset(idText, repository) };
    return this.#withHead(body, async (start) => {
      const { head, rest } = start;
      const isEmpty = !rest && head.length === 0;
      if (isEmpty) return { kind: 'stored', offsetBytes: await this.offset(idText, repository) };
      const isWholeStart = !rest && (body.firstByte ?? 0) === 0;
      if (isWholeStart && (await this.#appendFirst(id, repository, head, body))) {
        return { kind: 'stored', offsetBytes: head.length };
      }
      return this.#deps.writer.append({ ...body, ...start, id, repository, isLast: false });
    });
  }

  /** Ends an upload, with the last bytes or without. May be repeated. */
  async finish(idText: string, end: UploadEnd): Promise<FinishOutcome> {
    const id = this.#verify(idText, end.openedUnder ?? end.repository);
    const { stream } = end.body;
    if (!stream) return this.#deps.finisher.finish(id.text, end);
    const isFresh = () => this.#isFresh(id, end.body);
    if (isVerifiable(end.body) && (await isFresh())) return this.#storeVerified(end, stream);
    return this.#finishWithBody(id, end, isFresh);
  }

  /** Stores a blob that comes with the request that opens its upload. */
  async push(end: UploadEnd): Promise<FinishOutcome> {
    const id = this.start(end.repository, digestAlgorithm(end.digest));
    const { stream } = end.body;
    if (stream && isVerifiable(end.body)) return this.#storeVerified(end, stream);
    return stream ? this.#finishWithBody(id, end, async () => true) : this.#deps.finisher.finish(id.text, end);
  }

  async cancel(idText: string, repository: RepositoryName): Promise<void> {
    const id = this.#verify(idText, repository);
    const answer = await this.#deps.sessions.discard(id.text);
    if (answer.kind === 'gone') throw new AppError('BLOB_UPLOAD_UNKNOWN');
    if (answer.kind === 'refused') {
      throw new AppError('BLOB_UPLOAD_INVALID', { message: 'the upload is being finished' });
    }
    await this.#deps.leftovers.discard(answer.layout);
  }

  #verify(idText: string, repository: RepositoryName): UploadId {
    return this.#deps.ids.verify(idText, repository, this.#deps.clock.nowMs());
  }

  /** A small body whose digest fits is stored without a session if nothing came before it. */
  async #finishWithBody(id: UploadId, end: UploadEnd, isFresh: () => Promise<boolean>): Promise<FinishOutcome> {
    const { repository, digest, body } = end;
    return this.#withHead(body, async (start) => {
      const { head, rest } = start;
      if (!rest && head.length === 0) return this.#deps.finisher.finish(id.text, end);
      const isTheBlob = !rest && digestOf(head, digestAlgorithm(digest)) === digest;
      if (isTheBlob && (await isFresh())) return this.#storeVerified(end, head);
      const algorithm = digestAlgorithm(digest);
      const append = { ...body, ...start, id: { ...id, algorithm }, repository, isLast: true };
      const outcome = await this.#deps.writer.append(append);
      return outcome.kind === 'refused' ? outcome : this.#deps.finisher.finish(id.text, end);
    });
  }

  /** Whether a body is all there is of its upload. BLOB_UPLOAD_UNKNOWN when the upload is over. */
  async #isFresh(id: UploadId, body: UploadBody): Promise<boolean> {
    if ((body.firstByte ?? 0) !== 0) return false;
    const offset = await this.#deps.sessions.offset(id.text);
    if (offset === undefined) throw new AppError('BLOB_UPLOAD_UNKNOWN');
    return offset === 0;
  }

  async #storeVerified(end: UploadEnd, bytes: Uint8Array | ReadableStream<Uint8Array>): Promise<FinishOutcome> {
    const { storage, finisher } = this.#deps;
    const { repository, digest } = end;
    const sizeBytes = bytes instanceof Uint8Array ? bytes.length : (end.body.lengthBytes ?? 0);
    const objectKey = await storage.newObjectKey();
    await storage.write(objectKey, bytes, { kind: 'blob', repository, digest }, { verify: digest });
    const object = { objectKey, sizeBytes, labelledDigest: digest };
    await finisher.commit(end, object).catch(async (error: unknown) => {
      const isRefused = error instanceof AppError && error.code === 'DENIED';
      if (isRefused) await this.#deps.leftovers.discard({ ...EMPTY_LAYOUT, carry: object });
      throw error;
    });
    return { kind: 'finished' };
  }

  /**
   * The first bytes of an upload, in one write and one call: they go under a key of their own before anybody is asked,
   * and the session takes them only if it is empty. False when it is not.
   */
  async #appendFirst(id: UploadId, repository: RepositoryName, head: Uint8Array, body: UploadBody): Promise<boolean> {
    const { storage, sessions } = this.#deps;
    const isChunked = body.firstByte !== undefined;
    const { digest, hash } = hashFirst(head, id.algorithm, isChunked);
    const objectKey = await storage.newObjectKey();
    await storage.write(objectKey, head, { kind: 'blob', repository, digest });
    const carry = { objectKey, sizeBytes: head.length, labelledDigest: digest };
    const layout: UploadLayout = { offsetBytes: head.length, carry, hash, isChunked };
    const answer = await sessions.record(id.text, { layout, newParts: [], isLast: true });
    if (answer.kind === 'recorded') return true;
    await storage.delete([objectKey]);
    return false;
  }

  /**
   * Reads the beginning of a body. A small one is read whole, unless there is no memory for all of it: what is left then
   * goes through the buffers of the large ones.
   */
  async #withHead<T>(body: UploadBody, use: (head: BodyHead) => Promise<T>): Promise<T> {
    const { stream, lengthBytes } = body;
    const limitBytes = lengthBytes ?? SMALL_BODY_BYTES;
    if (!stream || limitBytes > SMALL_BODY_BYTES) {
      return use({ head: new Uint8Array(0), rest: stream, onHeadRead: () => undefined });
    }
    const { small } = this.#deps.buffers;
    const memory = await small.acquire(limitBytes);
    try {
      const source = new ByteSource([{ bytes: stream, isHashed: false }]);
      let filled = 0;
      do filled = await source.fill(memory, filled, memory.bytes.length);
      while (filled === memory.bytes.length && small.tryGrow(memory, limitBytes));
      const isAll = filled < memory.bytes.length || filled === lengthBytes;
      if (isAll && filled !== (lengthBytes ?? filled)) throw new AppError('SIZE_INVALID');
      if (filled === lengthBytes) await source.expectEnd();
      source.release();
      return await use({
        head: memory.bytes.subarray(0, filled),
        rest: isAll ? undefined : stream,
        onHeadRead: () => small.release(memory),
      });
    } finally {
      small.release(memory);
    }
  }
}

function isVerifiable({ lengthBytes, isUnsized }: UploadBody): boolean {
  return !isUnsized && lengthBytes !== undefined && lengthBytes > SMALL_BODY_BYTES && lengthBytes <= MAX_VERIFIED_BYTES;
}

function hashFirst(head: Uint8Array, algorithm: DigestAlgorithm, isChunked: boolean) {
  const digest = digestOf(head, algorithm);
  if (!isChunked) return { digest, hash: { kind: 'digest', digest } as const };
  const hash = saveableHash(algorithm);
  hash.update(head);
  return { digest, hash: { kind: 'saved', saved: hash.save() } as const };
}
