import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { RECORDING_PATH, type Recording } from '#test/support/recording/recording';

/** What a recorded run depends on. */
const SOURCES = [
  'src/**/*.ts',
  'test/**/*.ts',
  'migrations/*.sql',
  'wrangler.toml',
  'vitest.config.ts',
  'package-lock.json',
];

/** The test files that run in workerd, where answers are recorded (vitest.config.ts). */
const RECORDED_TESTS = ['test/integration/**/*.test.ts', 'test/api/**/*.test.ts'];

/** The recording of the last run; undefined when there is none, it is partial, or something has changed since. */
export function freshRecording(): Recording | undefined {
  if (!existsSync(RECORDING_PATH)) return undefined;
  const recording = JSON.parse(readFileSync(RECORDING_PATH, 'utf8')) as Recording;
  const isWhole = globSync(RECORDED_TESTS).every((path) => recording.files[path]?.hasPassed);
  const isCurrent = globSync(SOURCES).every((path) => statSync(path).mtimeMs < recording.startedAtMs);
  return isWhole && isCurrent ? recording : undefined;
}
