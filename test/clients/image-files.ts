import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '#test/support/suites/command';
import { toolPath } from '#test/support/suites/tools';

const MIB = 1024 * 1024;

/** Files for an image layer: many small ones, and one large one that does not compress. */
export async function writeLayerFiles(directory: string, options: { files: number; largeMib: number }): Promise<void> {
  for (let index = 0; index < options.files; index += 1) {
    const folder = join(directory, 'small', String(index % 50));
    if (index < 50) await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${index}.txt`), createHash('sha256').update(`${directory} ${index}`).digest('hex'));
  }
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'large.bin'), randomBytes(options.largeMib * MIB));
}

/** A tar file with files of its own, as `crane append` and `podman import` take it. */
export async function writeLayerArchive(directory: string, name: string, largeMib: number): Promise<string> {
  const root = join(directory, name);
  await writeLayerFiles(root, { files: 50, largeMib });
  const archive = join(directory, `${name}.tar`);
  await run(toolPath('tar'), ['--create', '--file', archive, '--directory', root, '.']);
  return archive;
}
