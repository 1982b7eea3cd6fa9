import type { Descriptor, Manifest } from '#core/manifest';

/** Where a layer of a model belongs (github.com/modelpack/model-spec, docs/annotations.md). */
const FILE_PATH = 'org.cncf.model.filepath';
const DOCUMENT = /^application\/vnd\.cncf\.model\.doc\.v1\.(?:raw|tar|tar\+gzip)$/;
/** Directories deeper than this are not told. */
const MAX_DEPTH = 64;

/** A file or a directory of a model, directories first, each by name. */
export interface ModelFile {
  readonly name: string;
  readonly type: 'file' | 'directory';
  /** In bytes; left out for what is empty. */
  readonly size?: number;
  readonly children?: readonly ModelFile[];
}

interface Directory {
  readonly directories: Map<string, Directory>;
  readonly files: Map<string, number>;
}

/** The layer that is a document with one of the names. */
export function documentLayerOf({ layers }: Manifest, names: readonly string[]): Descriptor | undefined {
  return layers.find(
    ({ mediaType, annotations }) => DOCUMENT.test(mediaType) && names.includes(annotations?.[FILE_PATH] ?? ''),
  );
}

/** The files a model's layers say they hold, as a tree. */
export function modelFiles({ layers }: Manifest): readonly ModelFile[] {
  const root = newDirectory();
  for (const { annotations, size } of layers) {
    const path = annotations?.[FILE_PATH];
    if (path) addPath(root, path, size);
  }
  return listed(root);
}

function addPath(root: Directory, path: string, size: number): void {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.length === 0 || names.length > MAX_DEPTH || names.includes('..')) return;
  const isDirectory = path.endsWith('/');
  let directory = root;
  for (const name of isDirectory ? names : names.slice(0, -1)) {
    const next = directory.directories.get(name) ?? newDirectory();
    directory.directories.set(name, next);
    directory = next;
  }
  const file = names.at(-1);
  if (!isDirectory && file !== undefined) directory.files.set(file, size);
}

function newDirectory(): Directory {
  return { directories: new Map(), files: new Map() };
}

function listed({ directories, files }: Directory): readonly ModelFile[] {
  const inside = [...directories].sort(byName).map(([name, directory]): ModelFile => {
    const children = listed(directory);
    return { name, type: 'directory', ...(children.length > 0 && { children }) };
  });
  const beside = [...files]
    .sort(byName)
    .map(([name, size]): ModelFile => ({ name, type: 'file', ...(size > 0 && { size }) }));
  return [...inside, ...beside];
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
