import { accessSync, constants, statfsSync } from 'node:fs';

/** Where Linux keeps files in memory. */
const MEMORY_DIRECTORY = '/dev/shm';
/** More than all tests at once leave behind; a container often has 64 MiB here. */
const NEEDED_BYTES = 2 * 1024 ** 3;

/**
 * Puts temporary files into memory where there is room: a database waits for its disk at each commit, and half of the
 * time of the tests would be that. What they prove needs no disk that outlives the machine; `kill -9` leaves memory
 * files as it leaves others.
 */
export function useMemoryDisk(environment: NodeJS.ProcessEnv): void {
  if (environment['TMPDIR'] === undefined && hasRoom()) environment['TMPDIR'] = MEMORY_DIRECTORY;
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
