import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import { AppError } from '#core/errors';

/** Largest file that is shown, in bytes: 4 MiB (`harbor:src/controller/artifact/processor/cnai/parser/base.go`). */
export const MAX_SHOWN_BYTES = 4 * 1024 * 1024;
/** How far an archive is unpacked in search of a file, in bytes: 64 MiB. */
const MAX_UNPACKED_BYTES = 64 * 1024 * 1024;
/** Entries that are looked at; a small archive can hold a hundred thousand empty ones. */
const MAX_ENTRIES = 10_000;

/**
 * The content of the first file of a tar archive whose path the caller wants; undefined when there is none. The archive is
 * unpacked as it is read, and no further than that file. REQUEST_ENTITY_TOO_LARGE when the file is larger than 4 MiB or
 * does not come within the first 64 MiB and 10,000 entries; BAD_REQUEST for what is no such archive.
 */
export async function readFileOf(
  archive: ReadableStream<Uint8Array>,
  { isGzip, isWanted }: { readonly isGzip: boolean; readonly isWanted: (path: string) => boolean },
): Promise<Uint8Array | undefined> {
  try {
    const bytes = isGzip ? unzipped(archive) : archive;
    return await findFile(
      bytes.pipeThrough(upTo(MAX_UNPACKED_BYTES)).pipeThrough(createTarDecoder({ strict: true })),
      isWanted,
    );
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('BAD_REQUEST', { message: 'the content of the artifact is no readable archive', cause: error });
  }
}

/**
 * No further than is read. A `DecompressionStream` keeps all that its input unfolds to, however little is read of it: half a
 * gigabyte of half a megabyte.
 */
function unzipped(archive: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const gunzip = createGunzip();
  const source = Readable.from(archive, { highWaterMark: 1 });
  source.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => source.destroy());
  const chunks = source.pipe(gunzip)[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}

async function findFile(
  entries: ReadableStream<ParsedTarEntry>,
  isWanted: (path: string) => boolean,
): Promise<Uint8Array | undefined> {
  let count = 0;
  // Leaving the loop cancels the streams it draws from.
  for await (const { header, body } of entries) {
    count += 1;
    if (count > MAX_ENTRIES) throw tooLarge();
    if (header.type === 'file' && isWanted(header.name)) {
      if (header.size > MAX_SHOWN_BYTES) throw tooLarge();
      return await readBounded(body);
    }
    await body.cancel();
  }
  return undefined;
}

/** All of a stream; REQUEST_ENTITY_TOO_LARGE when that is more than may be shown. */
export async function readBounded(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Response(body.pipeThrough(upTo(MAX_SHOWN_BYTES))).bytes();
}

function upTo(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let total = 0;
  return new TransformStream({
    transform(chunk, controller) {
      total += chunk.length;
      if (total > maxBytes) throw tooLarge();
      controller.enqueue(chunk);
    },
  });
}

function tooLarge(): AppError {
  return new AppError('REQUEST_ENTITY_TOO_LARGE', { message: 'the file is too large to be shown' });
}
