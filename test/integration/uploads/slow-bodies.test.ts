import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#core/clock';
import { BufferTier } from '#domain/uploads/buffer-pool';
import { ByteSource } from '#domain/uploads/byte-source';

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
