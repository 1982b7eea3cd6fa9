import { env } from 'cloudflare:workers';

/** How far the slow tests go: `npm test` takes samples of what `npm run test:heavy` goes through (vitest.config.ts). */
const { TEST_PROPERTY_RUNS, TEST_CRASH_STRIDE } = env as unknown as {
  readonly TEST_PROPERTY_RUNS: number;
  readonly TEST_CRASH_STRIDE: number;
};

/** Random cases of a property whose cases take seconds. */
export const propertyRuns = TEST_PROPERTY_RUNS;

/** The calls at which an isolate is to die, of so many from 1; dying before and after takes samples at other places. */
export function crashPoints(calls: number, when: 'before' | 'after'): readonly number[] {
  const first = when === 'before' ? 1 : 1 + Math.floor(TEST_CRASH_STRIDE / 2);
  return Array.from({ length: calls }, (_, index) => index + 1).filter(
    (call) => (call - first) % TEST_CRASH_STRIDE === 0,
  );
}
