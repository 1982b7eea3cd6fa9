import { AppError } from '#core/errors';
import type { ByteSource } from '#domain/uploads/byte-source';

/** Memory of a body that is passed on as it comes. Small enough to stand outside the budget of `buffer-pool.ts`. */
const PASSING_BYTES = 256 * 1024;

/**
 * Reads exactly `sizeBytes` and hands them to each consumer as a stream that knows its length. No faster than the
 * slowest consumer reads. SIZE_INVALID when the source ends early.
 */
export async function fillStreams(
  source: ByteSource,
  sizeBytes: number,
  consumers: readonly ((body: ReadableStream<Uint8Array>) => Promise<void>)[],
): Promise<void> {
  const pipes = consumers.map(() => new FixedLengthStream(sizeBytes));
  const writers = pipes.map((pipe) => pipe.writable.getWriter());
  const consumed = Promise.all(pipes.map((pipe, i) => consumers[i]?.(pipe.readable)));
  try {
    // A consumer that fails ends the pumping, even where its stream would wait for it forever.
    await Promise.race([pump(source, sizeBytes, writers), consumed]);
    await consumed;
  } catch (error) {
    await Promise.all(writers.map((writer) => writer.abort(error).catch(() => undefined)));
    await consumed.catch(() => undefined);
    throw error;
  }
}

async function pump(
  source: ByteSource,
  sizeBytes: number,
  writers: readonly WritableStreamDefaultWriter<Uint8Array>[],
): Promise<void> {
  let current = passingBuffer(sizeBytes);
  let spare = passingBuffer(sizeBytes);
  let written: Promise<unknown> | undefined;
  for (let left = sizeBytes; left > 0; ) {
    const got = await source.fill(current, 0, Math.min(left, current.bytes.length));
    await written;
    if (got === 0) throw new AppError('SIZE_INVALID');
    const bytes = current.bytes.subarray(0, got);
    written = Promise.all(writers.map((writer) => writer.write(bytes)));
    written.catch(() => undefined); // Awaited above or below.
    [current, spare] = [spare, current];
    left -= got;
  }
  await written;
  await Promise.all(writers.map((writer) => writer.close()));
}

function passingBuffer(sizeBytes: number) {
  return { bytes: new Uint8Array(Math.min(PASSING_BYTES, sizeBytes)), touchedAtMs: 0 };
}
