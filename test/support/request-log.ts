import { beforeEach } from 'vitest';

/** Lines of the test that runs; a test that does more than this fails of something that its last lines tell. */
const MAX_LINES = 200;

const lines: string[] = [];
const { log } = console;

/**
 * A setup file. What the worker logs of each request would cross from workerd to the reporter one by one, for nothing:
 * only the lines of a test that fails are of use, and only those are sent.
 */
console.log = (...values: unknown[]) => {
  const [line] = values;
  if (typeof line !== 'string' || !line.startsWith('{"time":')) return log(...values);
  lines.push(line);
  if (lines.length > MAX_LINES) lines.shift();
};

beforeEach(({ onTestFailed }) => {
  lines.length = 0;
  onTestFailed(() => {
    for (const line of lines) log(line);
  });
});
