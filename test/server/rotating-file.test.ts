import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { RotatingFile } from '#scripts/embedded/rotating-file';
import { temporaryDirectory } from '#test/server/temporary-directory';

const maxFileBytes = 100;
const line = `${'x'.repeat(39)}\n`;

describe('a rotating log file', () => {
  let path: string;
  beforeEach(() => {
    path = join(temporaryDirectory(), 'server.log');
  });

  /** Each call is one stretch of the server's life: opened, written, closed. */
  function writeLines(...lines: readonly string[]): void {
    const onError = (error: unknown) => expect.unreachable(String(error));
    const file = new RotatingFile({ path, maxFileBytes, maxFiles: 3, onError });
    for (const text of lines) file.write(text);
    file.close();
  }

  it('appends to what an earlier start has written', () => {
    writeLines('one\n');
    writeLines('two\n');
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  it('begins a new file before the current one outgrows its limit', () => {
    writeLines(line, line);
    writeLines(line);
    expect(readFileSync(`${path}.1`, 'utf8')).toBe(line + line);
    expect(readFileSync(path, 'utf8')).toBe(line);
  });

  it('keeps no more files than it was told to', () => {
    for (let index = 0; index < 8; index += 1) writeLines(`${index}`.repeat(80).concat('\n'));
    expect(readFileSync(`${path}.2`, 'utf8')).toMatch(/^5+\n$/);
    expect(readFileSync(`${path}.1`, 'utf8')).toMatch(/^6+\n$/);
    expect(readFileSync(path, 'utf8')).toMatch(/^7+\n$/);
    expect(existsSync(`${path}.3`)).toBe(false);
  });

  it('is readable by its owner alone', () => {
    writeLines(line);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('reports a failed write and goes on', () => {
    const failures: unknown[] = [];
    // Every write to this device fails for want of space.
    const file = new RotatingFile({ path: '/dev/full', maxFileBytes, maxFiles: 3, onError: (e) => failures.push(e) });
    file.write('x'.repeat(2 * 1024 * 1024));
    file.write(line);
    file.close();
    expect(failures).toHaveLength(2);
    expect(String(failures[0])).toContain('ENOSPC');
  });
});
