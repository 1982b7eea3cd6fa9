import { accessSync, constants, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** Where Linux keeps files in memory. */
const MEMORY_DIRECTORY = '/dev/shm';
/** More than all tests at once leave behind; a container often has 64 MiB here. */
const NEEDED_BYTES = 2 * 1024 ** 3;
/** Of a run, with its process id. */
const RUN_DIRECTORY = /^roadstead-tests-(?<pid>\d+)$/;

/**
 * Puts temporary files into memory where there is room: a database waits for its disk at each commit, and half of the
 * time of the tests would be that. What they prove needs no disk that outlives the machine; `kill -9` leaves memory
 * files as it leaves others. They go with the run, or with the next one when it was killed.
 */
export function useMemoryDisk(environment: NodeJS.ProcessEnv): void {
  if (environment['TMPDIR'] !== undefined) return;
  removeLeftovers();
  if (!hasRoom()) return;
  const directory = join(MEMORY_DIRECTORY, `roadstead-tests-${process.pid}`);
  mkdirSync(directory, { mode: 0o700 });
  process.once('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  environment['TMPDIR'] = directory;
}

function hasRoom(): boolean {
  try {
    accessSync(MEMORY_DIRECTORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY_DIRECTORY);
    return bavail * bsize >= NEEDED_BYTES;
  } catch {
    return false;
  }
}

function removeLeftovers(): void {
  try {
    for (const name of readdirSync(MEMORY_DIRECTORY)) {
      const pid = RUN_DIRECTORY.exec(name)?.groups?.['pid'];
      if (pid && !isRunning(Number(pid))) rmSync(join(MEMORY_DIRECTORY, name), { recursive: true, force: true });
    }
  } catch {
    // No such folder, or another user's run.
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
