import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '#test/support/suites/command';
import { TOOLS_DIRECTORY, toolPath } from '#test/support/suites/tools';

/** Makes a minimal Debian with debootstrap from the mirror this machine uses, once; answers the tar file of it. */
export async function debianRootFilesystem(scratch: string): Promise<string> {
  const release = await codename();
  const cache = join(TOOLS_DIRECTORY, 'cache');
  const archive = join(cache, `debian-${release}.tar`);
  if (existsSync(archive)) return archive;

  await mkdir(cache, { recursive: true });
  const root = join(scratch, 'debian');
  const arguments_ = ['--variant=minbase', release, root, await mirrorOf(release)];
  await run(toolPath('debootstrap'), arguments_, { timeoutSeconds: 600 });
  await run(toolPath('tar'), ['--create', '--file', `${archive}.part`, '--directory', root, '--exclude=./dev/*', '.']);
  await rename(`${archive}.part`, archive);
  await rm(root, { recursive: true, force: true });
  return archive;
}

async function codename(): Promise<string> {
  const release = /^VERSION_CODENAME=(\S+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1];
  if (release === undefined) throw new Error('this suite needs Debian: /etc/os-release names no release');
  return release;
}

/** The mirror apt takes the release itself from. */
async function mirrorOf(release: string): Promise<string> {
  const targets = await run('apt-get', [
    'indextargets',
    '--format',
    '$(CODENAME) $(COMPONENT) $(REPO_URI)',
    'Created-By: Packages',
  ]);
  const prefix = `${release} main `;
  const line = targets.split('\n').find((target) => target.startsWith(prefix));
  if (line === undefined) throw new Error(`apt knows no mirror of ${release}: run apt-get update`);
  return line.slice(prefix.length);
}
