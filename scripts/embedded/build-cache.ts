import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Builds that are kept; of a project that is worked on, each start may be of another one. */
const MAX_KEPT = 5;
/** Tells what a finished build consists of. */
const MANIFEST = 'build.json';

interface Manifest<Facts> {
  /** What else was found out while building. */
  readonly facts: Facts;
  /** SHA-256 of each file of the build, hexadecimal, by its path. */
  readonly digests: Readonly<Record<string, string>>;
}

/** A build: its folder, and what else was found out. */
export interface Build<Facts> {
  readonly path: string;
  readonly facts: Facts;
}

/** The first of the folders that can be written to; an installation may be another user's, or read-only. */
export function writableDirectory(candidates: readonly string[]): string {
  const writable = candidates.find((path) => {
    try {
      mkdirSync(path, { recursive: true });
      accessSync(path, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (writable === undefined) throw new Error(`none of these can be written to: ${candidates.join(', ')}`);
  return writable;
}

/**
 * The build of that key in the folder; made by `make`, which fills the folder it is given, when there is none or not all
 * of it is as it was. Several processes may ask at once: a build appears whole, by a rename.
 */
export async function cachedBuild<Facts>(
  directory: string,
  key: string,
  make: (path: string) => Promise<Facts>,
): Promise<Build<Facts>> {
  const path = join(directory, key);
  const known = readBuild<Facts>(path);
  if (known) return known;
  const unfinished = join(directory, `${key}.${process.pid}`);
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished);
  try {
    const facts = await make(unfinished);
    writeFileSync(join(unfinished, MANIFEST), JSON.stringify({ facts, digests: digestsOf(unfinished) }));
    publish(unfinished, path);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  prune(directory, path);
  const build = readBuild<Facts>(path);
  if (!build) throw new Error(`the build in ${path} cannot be read back`);
  return build;
}

/** Undefined when there is none, or when it is not what was built, as after a loss of power. */
function readBuild<Facts>(path: string): Build<Facts> | undefined {
  try {
    const { facts, digests } = JSON.parse(readFileSync(join(path, MANIFEST), 'utf8')) as Manifest<Facts>;
    const isWhole = JSON.stringify(digestsOf(path)) === JSON.stringify(digests);
    return isWhole ? { path, facts } : undefined;
  } catch {
    return undefined;
  }
}

function digestsOf(directory: string): Manifest<unknown>['digests'] {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== MANIFEST && statSync(join(directory, name)).isFile())
    .sort();
  return Object.fromEntries(
    files.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(directory, name)))
        .digest('hex'),
    ]),
  );
}

/** A folder is no target of a rename unless it is empty: what stands there, broken or another process's, goes first. */
function publish(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    if (readBuild(to)) return;
    rmSync(to, { recursive: true, force: true });
    renameSync(from, to);
  }
}

/** Removes all builds but this one and the newest others, and what processes that ended have left unfinished. */
function prune(directory: string, path: string): void {
  const others = readdirSync(directory)
    .map((name) => join(directory, name))
    .filter((other) => other !== path)
    .map((other) => ({ other, atMs: statSync(other, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.atMs - a.atMs);
  for (const { other } of others.slice(MAX_KEPT - 1)) rmSync(other, { recursive: true, force: true });
}
