import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OperationalLog } from '#scripts/embedded/operational-log';
import { temporaryDirectory } from '#test/server/temporary-directory';

const malformed = 'Uncaught exception: workerd/jsg/value.h:1535: failed: remote.jsg.TypeError: Invalid URL string.';

describe('the operational log', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  function linesAfter(use: (log: OperationalLog) => void): { readonly message?: string }[] {
    const directory = temporaryDirectory();
    const log = new OperationalLog({ directory });
    use(log);
    log.close();
    const lines = readFileSync(join(directory, 'roadstead.log'), 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line));
  }

  it('is not filled by what malformed requests make the runtime say, nor is the terminal', () => {
    const lines = linesAfter((log) => {
      for (let request = 0; request < 1_000; request++) log.write({ level: 'error', message: malformed });
    });
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)?.message).toBe(`${malformed} (more of these are left out for up to a minute)`);
    expect(process.stderr.write).toHaveBeenCalledTimes(10);
  });

  it('tells other messages meanwhile, and the same again after a minute', () => {
    const lines = linesAfter((log) => {
      for (let request = 0; request < 20; request++) log.write({ level: 'error', message: malformed });
      log.write({ level: 'error', message: 'something else' });
      vi.advanceTimersByTime(60_000);
      log.write({ level: 'error', message: malformed });
    });
    expect(lines.slice(10).map(({ message }) => message)).toEqual(['something else', malformed]);
  });

  it('is not filled by messages that are all different', () => {
    const lines = linesAfter((log) => {
      for (let request = 0; request < 1_000; request++) log.write({ level: 'error', message: `message ${request}` });
    });
    expect(lines).toHaveLength(110);
  });

  it('keeps where in the runtime something was from the terminal', () => {
    const message = 'failed to look up an address\nstack: workerd@28a3c60';
    const lines = linesAfter((log) => log.write({ level: 'error', message }));
    expect(lines.map((line) => line.message)).toEqual([message]);
    expect(process.stderr.write).toHaveBeenCalledWith('failed to look up an address\n');
  });

  it('leaves no line of the worker out', () => {
    const lines = linesAfter((log) => {
      for (let request = 0; request < 1_000; request++) log.write({ level: 'info', message: '{"kind":"request"}' });
    });
    expect(lines).toHaveLength(1_000);
  });
});
