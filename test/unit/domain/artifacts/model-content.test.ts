import { describe, expect, it } from 'vitest';
import { documentLayerOf, modelFiles } from '#domain/artifacts/model-content';
import { pointer, realManifest } from '#test/support/manifests';

const PATH = 'org.cncf.model.filepath';
const withPaths = (...paths: string[]) => ({
  ...realManifest('model'),
  layers: paths.map((path) => pointer('application/vnd.cncf.model.doc.v1.raw', { [PATH]: path }, path)),
});

describe('modelFiles', () => {
  it('tells the files as a tree, directories first, each by name', () => {
    expect(modelFiles(withPaths('b.txt', 'src/x/two.py', 'a.txt', 'src/one.py', 'empty/'))).toEqual([
      { name: 'empty', type: 'directory' },
      {
        name: 'src',
        type: 'directory',
        children: [
          { name: 'x', type: 'directory', children: [{ name: 'two.py', type: 'file', size: 32 }] },
          { name: 'one.py', type: 'file', size: 32 },
        ],
      },
      { name: 'a.txt', type: 'file', size: 32 },
      { name: 'b.txt', type: 'file', size: 32 },
    ]);
  });

  it.each(['../etc/passwd', 'a/../b', '/', './', `${'d/'.repeat(100)}f`])('does not tell the path %s', (path) => {
    expect(modelFiles(withPaths(path))).toEqual([]);
  });

  it('tells a path from the root and one with doubled slashes as any other', () => {
    expect(modelFiles(withPaths('/a//b'))).toEqual([
      { name: 'a', type: 'directory', children: [{ name: 'b', type: 'file', size: 32 }] },
    ]);
  });

  it('takes names for names, whatever they mean elsewhere', () => {
    expect(modelFiles(withPaths('__proto__/constructor'))).toEqual([
      { name: '__proto__', type: 'directory', children: [{ name: 'constructor', type: 'file', size: 32 }] },
    ]);
  });
});

describe('documentLayerOf', () => {
  it('finds the layer that is a document of that name', () => {
    const manifest = withPaths('docs/README.md', 'README.md');
    expect(documentLayerOf(manifest, ['README', 'README.md'])).toBe(manifest.layers[1]);
    expect(documentLayerOf(manifest, ['LICENSE'])).toBeUndefined();
  });

  it('does not take weights for a document', () => {
    const layers = [pointer('application/vnd.cncf.model.weight.v1.raw', { [PATH]: 'README.md' })];
    expect(documentLayerOf({ ...realManifest('model'), layers }, ['README.md'])).toBeUndefined();
  });
});
