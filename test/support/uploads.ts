import { env } from 'cloudflare:workers';
import { D1BlobStore } from '#adapters/d1/blob-store';
import { D1IntentStore } from '#adapters/d1/intent-store';
import { DurableUploadSessions } from '#adapters/durable/upload-sessions';
import { R2BlobStorage } from '#adapters/r2/blob-storage';
import { R2MultipartStorage } from '#adapters/r2/multipart-storage';
import { ObjectKeys } from '#adapters/r2/object-keys';
import { systemClock } from '#core/clock';
import type { Digest } from '#core/digest';
import { parseRepositoryName, type RepositoryName } from '#core/reference';
import { createUploadBuffers, type UploadBuffers } from '#domain/uploads/buffer-pool';
import { ObjectAssembler } from '#domain/uploads/object-assembler';
import { UploadFinisher } from '#domain/uploads/upload-finisher';
import { UploadIds } from '#domain/uploads/upload-id';
import { UploadLeftovers } from '#domain/uploads/upload-leftovers';
import { type UploadBody, UploadService } from '#domain/uploads/upload-service';
import { UploadWriter } from '#domain/uploads/upload-writer';
import type { Env } from '#src/env';

export const { DB, BLOBS, UPLOAD_SESSION } = env as unknown as Env;
export const MIB = 1024 * 1024;

const parsed = parseRepositoryName('library/uploads');
if (!parsed.ok) throw new Error(parsed.error);
export const repository: RepositoryName = parsed.value;

/** Names of port methods, in the order they were called. */
type CallLog = string[];

export interface UploadHarness {
  readonly service: UploadService;
  readonly blobs: D1BlobStore;
  readonly storage: R2BlobStorage;
  readonly buffers: UploadBuffers;
  readonly calls: CallLog;
  /** Makes the next call of a port's method fail after it has done its work, as a crash right behind it would. */
  crashAfter(call: string): void;
}

/** The upload engine over the real bindings; each call of a port is counted, and may be made to crash. */
export function createUploadHarness(): UploadHarness {
  const calls: CallLog = [];
  const crashes = new Set<string>();
  const watch = <T extends object>(name: string, port: T) => watched(port, name, calls, crashes);
  const clock = systemClock;
  const keys = new ObjectKeys({ intents: new D1IntentStore({ db: DB }), clock });
  const storage = watch('storage', new R2BlobStorage({ bucket: BLOBS, keys }));
  const multipart = watch('multipart', new R2MultipartStorage({ bucket: BLOBS }));
  const blobs = watch('blobs', new D1BlobStore({ db: DB }));
  const sessions = watch('sessions', new DurableUploadSessions({ namespace: UPLOAD_SESSION }));
  const buffers = createUploadBuffers(clock);
  const assembler = new ObjectAssembler({ storage, multipart });
  const leftovers = new UploadLeftovers({ storage, multipart, blobs });
  const service = new UploadService({
    ids: new UploadIds({ secretKey: 'a secret key for the tests, long enough' }),
    writer: new UploadWriter({ storage, multipart, sessions, assembler, buffers, clock }),
    finisher: new UploadFinisher({ storage, blobs, sessions, assembler, leftovers, clock }),
    sessions,
    storage,
    leftovers,
    buffers,
    clock,
  });
  return { service, blobs, storage, buffers, calls, crashAfter: (call) => crashes.add(call) };
}

function watched<T extends object>(port: T, name: string, calls: CallLog, crashes: Set<string>): T {
  return new Proxy(port, {
    get(target, property) {
      const member = Reflect.get(target, property);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const call = `${name}.${String(property)}`;
        calls.push(call);
        const answer = member.apply(target, args);
        if (typeof answer?.then !== 'function') return answer;
        return Promise.resolve(answer).then((value) => {
          if (crashes.delete(call)) throw new Error(`crash after ${call}`);
          return value;
        });
      };
    },
  });
}

export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/** A request's body, as a byte stream of the platform. */
export function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  const { body } = new Response(bytes);
  if (!body) throw new Error('a response with bytes has a body');
  return body;
}

/** A body whose connection breaks after `bytes`. */
export function brokenStreamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  void writer
    .write(bytes)
    .then(() => writer.abort(new Error('connection lost')))
    .catch(() => undefined);
  return readable;
}

export const noBody: UploadBody = { stream: undefined, lengthBytes: 0, firstByte: undefined };

/** A body without Content-Length: what docker sends. */
export function stream(bytes: Uint8Array<ArrayBuffer>): UploadBody {
  return { stream: streamOf(bytes), lengthBytes: undefined, firstByte: undefined };
}

/** A body with Content-Length. */
export function sized(bytes: Uint8Array<ArrayBuffer>): UploadBody {
  return { ...stream(bytes), lengthBytes: bytes.length };
}

/** A body with Content-Range. */
export function chunk(bytes: Uint8Array<ArrayBuffer>, firstByte: number): UploadBody {
  return { ...sized(bytes), firstByte };
}

export function end(digest: Digest, body: UploadBody = noBody) {
  return { repository, projectId: 1, digest, body };
}

/** Keys in the bucket that no row points at. */
export async function orphans(blobs: D1BlobStore): Promise<string[]> {
  const { objects } = await BLOBS.list();
  const keys = objects.map((object) => object.key);
  const inUse = await blobs.keysInUse(keys);
  const journals = new Set([...inUse].map((key) => key.replace('blobs/', 'journal/')));
  return keys.filter((key) => !inUse.has(key) && !journals.has(key));
}
