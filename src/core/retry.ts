import { AppError } from '#core/errors';

/** Attempts at one call, the first included. */
const MAX_ATTEMPTS = 4;
/** Longest wait before the second attempt, in milliseconds; it doubles with each further one. */
const FIRST_DELAY_MS = 100;

/**
 * Makes a call that may be made again, up to four times with full jitter between them, for as long as it fails in a way
 * that may pass. After that, SERVICE_UNAVAILABLE with Retry-After; other failures reject as they are, at once.
 */
export async function retryTransient<T>(run: () => Promise<T>, isTransient: (error: unknown) => boolean): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (attempt === MAX_ATTEMPTS) throw unavailable(error);
      const delayMs = FIRST_DELAY_MS * 2 ** (attempt - 1) * Math.random();
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

/** Makes a call that must not be made again; a failure that may pass becomes SERVICE_UNAVAILABLE all the same. */
export async function tryOnce<T>(run: () => Promise<T>, isTransient: (error: unknown) => boolean): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw isTransient(error) ? unavailable(error) : error;
  }
}

function unavailable(cause: unknown): AppError {
  return new AppError('SERVICE_UNAVAILABLE', { cause, retryAfterSeconds: 1 });
}
