import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#core/clock';
import { digestOf } from '#core/digest';
import { BufferTier } from '#domain/uploads/buffer-pool';
import { ByteSource } from '#domain/uploads/byte-source';
import { createUploadHarness, end, MIB, randomBytes, repository, sized, stream } from '#test/support/uploads';

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => vi.useRealTimers());

/** A client that has sent its headers and then says nothing, and the only buffer of an isolate waiting for it. */
async function silentClient() {
  const { readable, writable } = new IdentityTransformStream();
  const tier = new BufferTier({ sizeBytes: 1024, maxBuffers: 1, clock: systemClock });
  const buffer = await tier.acquire();
  const outcome = { isOver: false, error: undefined as unknown };
  const filled = new ByteSource([{ bytes: readable, isHashed: false }]).fill(buffer, 0, 1024);
  const settled = filled
    .catch((error: unknown) => {
      outcome.error = error;
    })
    .finally(() => {
      outcome.isOver = true;
      tier.release(buffer);
    });
  return { tier, outcome, settled, writer: writable.getWriter() };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a client that sends nothing', () => {
  it('is waited for a minute while nobody needs its buffer', async () => {
    const { outcome, settled } = await silentClient();
    await vi.advanceTimersByTimeAsync(50_000);
    await settle();
    expect(outcome.isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    await settled;
    expect(outcome.error).toMatchObject({ code: 'BLOB_UPLOAD_INVALID' });
  });

  it('gives its buffer up after ten seconds to whoever waits for it', async () => {
    const { tier, outcome, settled } = await silentClient();
    const next = tier.acquire();
    await vi.advanceTimersByTimeAsync(10_000);
    await settled;
    expect(outcome.error).toMatchObject({ code: 'BLOB_UPLOAD_INVALID', message: 'the body arrives too slowly' });
    expect((await next).bytes.byteLength).toBe(1024);
  });
});

describe('clients that send next to nothing', () => {
  const openings = [
    ['of a known length', { lengthBytes: MIB, firstByte: undefined }],
    ['of an unknown length', { lengthBytes: undefined, firstByte: undefined }],
  ] as const;

  it.each(openings)('do not keep small pushes out by the hundred, with bodies %s', async (_, lengths) => {
    const { service } = createUploadHarness();
    const writers = Array.from({ length: 200 }, () => {
      const { readable, writable } = new IdentityTransformStream();
      const silent = service.append(service.start(repository).text, repository, { ...lengths, stream: readable });
      silent.catch(() => undefined);
      return writable.getWriter();
    });
    const content = randomBytes(1000);
    const id = service.start(repository).text;
    await service.append(id, repository, stream(content));
    expect(await service.finish(id, end(digestOf(content)))).toEqual({ kind: 'finished' });
    await Promise.all(writers.map((writer) => writer.abort(new Error('gone')).catch(() => undefined)));
  });
});

describe('a small body', () => {
  it('for whose whole there is no memory goes another way, and is stored all the same', async () => {
    const { service, buffers } = createUploadHarness();
    const hogs = await Promise.all(Array.from({ length: 6 }, () => buffers.small.acquire(MIB)));
    for (const hog of hogs) while (buffers.small.tryGrow(hog, MIB));
    for (const body of [sized, stream]) {
      const content = randomBytes(MIB / 2);
      const id = service.start(repository).text;
      expect(await service.append(id, repository, body(content))).toMatchObject({ offsetBytes: content.length });
      expect(await service.finish(id, end(digestOf(content)))).toEqual({ kind: 'finished' });
      const put = randomBytes(MIB / 2);
      const whole = service.finish(service.start(repository).text, end(digestOf(put), body(put)));
      expect(await whole).toEqual({ kind: 'finished' });
    }
  });
});
