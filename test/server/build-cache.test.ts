import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cachedBuild, writableDirectory } from '#scripts/embedded/build-cache';
import { buildKey } from '#scripts/embedded/build-inputs';
import { temporaryDirectory } from '#test/server/temporary-directory';

/** A build of one file, in a folder, that counts how often it was made. */
function counted() {
  const counts = { made: 0 };
  const make = async (path: string) => {
    counts.made++;
    mkdirSync(join(path, 'assets'));
    writeFileSync(join(path, 'assets/index.js'), `built ${counts.made}`);
    return { name: 'roadstead' };
  };
  return { counts, make };
}

describe('the cache of built workers', () => {
  it('builds once for the same sources, and again for others', async () => {
    const directory = temporaryDirectory();
    const { counts, make } = counted();
    const first = await cachedBuild(directory, 'a', make);
    expect(await cachedBuild(directory, 'a', make)).toEqual(first);
    expect(first.facts).toEqual({ name: 'roadstead' });
    expect(readFileSync(join(first.path, 'assets/index.js'), 'utf8')).toBe('built 1');
    expect((await cachedBuild(directory, 'b', make)).path).not.toBe(first.path);
    expect(counts.made).toBe(2);
  });

  it.each([
    ['cut off', (path: string) => writeFileSync(join(path, 'assets/index.js'), 'buil')],
    ['joined by a file', (path: string) => writeFileSync(join(path, 'other.js'), '')],
    ['without the list of its files', (path: string) => writeFileSync(join(path, 'build.json'), '')],
  ])('builds again what is %s', async (_, spoil) => {
    const directory = temporaryDirectory();
    const { counts, make } = counted();
    spoil((await cachedBuild(directory, 'a', make)).path);
    const again = await cachedBuild(directory, 'a', make);
    expect(readFileSync(join(again.path, 'assets/index.js'), 'utf8')).toBe('built 2');
    expect(counts.made).toBe(2);
  });

  it('leaves nothing of a build that fails', async () => {
    const directory = temporaryDirectory();
    const failing = cachedBuild(directory, 'a', () => Promise.reject(new Error('a wrong source')));
    await expect(failing).rejects.toThrow('a wrong source');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('takes the build of whoever was faster', async () => {
    const directory = temporaryDirectory();
    const { counts, make } = counted();
    const slow = await cachedBuild(directory, 'a', async (path) => {
      // Another process, whose unfinished folder has another name.
      const { pid } = process;
      Object.defineProperty(process, 'pid', { value: pid + 1, configurable: true });
      await cachedBuild(directory, 'a', make);
      Object.defineProperty(process, 'pid', { value: pid, configurable: true });
      return make(path);
    });
    expect(counts.made).toBe(2);
    expect(readFileSync(join(slow.path, 'assets/index.js'), 'utf8')).toBe('built 1');
    expect(readdirSync(directory)).toEqual(['a']);
  });

  it('keeps the newest five', async () => {
    const directory = temporaryDirectory();
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) await cachedBuild(directory, key, counted().make);
    expect(readdirSync(directory)).toHaveLength(5);
    expect(readdirSync(directory)).toContain('f');
  });

  it('is in the first folder that can be made', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), '');
    const second = join(directory, 'second');
    expect(writableDirectory([join(directory, 'file/first'), second])).toBe(second);
    expect(() => writableDirectory([join(directory, 'file/first')])).toThrow('none of these can be written to');
  });
});

describe('the key of a build', () => {
  function project(): string {
    const root = temporaryDirectory();
    mkdirSync(join(root, 'src/core'), { recursive: true });
    mkdirSync(join(root, 'node_modules'));
    for (const file of ['src/index.ts', 'src/core/clock.ts', 'package.json', 'wrangler.toml']) {
      writeFileSync(join(root, file), file);
    }
    return root;
  }

  it('is the same for the same sources and settings', () => {
    const root = project();
    expect(buildKey(root, { HOME: '/a' })).toBe(buildKey(root, { HOME: '/b' }));
  });

  it.each(['src/core/clock.ts', 'src/new.ts', 'wrangler.toml', '.dev.vars', 'node_modules/.package-lock.json'])(
    'is another one when %s is',
    (file) => {
      const root = project();
      const before = buildKey(root, {});
      writeFileSync(join(root, file), 'other');
      expect(buildKey(root, {})).not.toBe(before);
    },
  );

  it('is another one for another environment of wrangler.toml, and in another folder', () => {
    const root = project();
    expect(buildKey(root, { CLOUDFLARE_ENV: 'staging' })).not.toBe(buildKey(root, {}));
    expect(buildKey(project(), {})).not.toBe(buildKey(root, {}));
  });
});
