import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StateLock } from '#scripts/embedded/state-lock';
import { temporaryDirectory } from '#test/server/temporary-directory';

/** Holds the lock in another process until that is killed, or the test ends. */
async function holdElsewhere(path: string) {
  // Nothing refers to the lock, and the collector runs: what is held must not depend on who remembers it.
  const program = `
    import { StateLock } from '#scripts/embedded/state-lock';
    StateLock.acquire(${JSON.stringify(path)});
    setImmediate(() => {
      gc();
      setTimeout(() => console.log('held'), 20);
    });
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

describe('the lock of a state directory', () => {
  it('refuses a second server, and names the first', async () => {
    const path = join(temporaryDirectory(), 'lock');
    const holder = await holdElsewhere(path);
    expect(() => StateLock.acquire(path)).toThrow(`Another server (process ${holder.pid}) uses this state`);
  });

  it('is free again when its holder was killed', async () => {
    const path = join(temporaryDirectory(), 'lock');
    const holder = await holdElsewhere(path);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    StateLock.acquire(path).release();
  });

  it('is free again when it was released', () => {
    const path = join(temporaryDirectory(), 'lock');
    StateLock.acquire(path).release();
    StateLock.acquire(path).release();
  });
});
