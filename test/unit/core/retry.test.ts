import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '#core/errors';
import { retryTransient, tryOnce } from '#core/retry';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const isTransient = (error: unknown) => error instanceof Error && error.message === 'busy';

/** A call that fails with each of these, then answers. */
function failing(...messages: string[]) {
  return vi.fn(async () => {
    const message = messages.shift();
    if (message !== undefined) throw new Error(message);
    return 'done';
  });
}

async function settle<T>(promise: Promise<T>): Promise<T | AppError | Error> {
  const settled = promise.catch((error: Error) => error);
  await vi.runAllTimersAsync();
  return settled;
}

describe('retryTransient', () => {
  it('answers once a call succeeds', async () => {
    const run = failing('busy', 'busy', 'busy');
    expect(await settle(retryTransient(run, isTransient))).toBe('done');
    expect(run).toHaveBeenCalledTimes(4);
  });

  it('gives up after four attempts and tells the client when to come back', async () => {
    const run = failing('busy', 'busy', 'busy', 'busy', 'busy');
    const error = await settle(retryTransient(run, isTransient));
    expect(run).toHaveBeenCalledTimes(4);
    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', status: 503, retryAfterSeconds: 1 });
  });

  it('does not try again what cannot pass', async () => {
    const run = failing('broken');
    expect(await settle(retryTransient(run, isTransient))).toMatchObject({ message: 'broken' });
    expect(run).toHaveBeenCalledTimes(1);
  });
});

describe('tryOnce', () => {
  it('never repeats the call, whatever it failed with', async () => {
    const run = failing('busy');
    expect(await settle(tryOnce(run, isTransient))).toBeInstanceOf(AppError);
    expect(run).toHaveBeenCalledTimes(1);
  });
});
