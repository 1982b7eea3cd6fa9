/**
 * Takes chance and the passing of time away from what `run` does, so that the same history takes the same course each time:
 * timers fire at once, ids are counted, and the jitter between attempts is half of what it may be.
 */
export async function withoutChance<T>(run: () => Promise<T>): Promise<T> {
  const { setTimeout: timer } = globalThis;
  const { random } = Math;
  const uuid = crypto.randomUUID;
  let ids = 0;
  globalThis.setTimeout = ((then: () => void) => setImmediate(then)) as unknown as typeof setTimeout;
  Math.random = () => 0.5;
  crypto.randomUUID = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`;
  try {
    return await run();
  } finally {
    globalThis.setTimeout = timer;
    Math.random = random;
    crypto.randomUUID = uuid;
  }
}
