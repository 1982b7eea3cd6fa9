import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `body` with a directory of its own and removes it afterwards; KEEP_SCRATCH=1 keeps it and says where it is. */
export async function withScratchDirectory<T>(prefix: string, body: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), `roadstead-${prefix}-`));
  try {
    return await body(directory);
  } finally {
    const { KEEP_SCRATCH: keep } = process.env;
    if (keep === '1') console.log(`# kept ${directory}`);
    else await rm(directory, { recursive: true, force: true });
  }
}
