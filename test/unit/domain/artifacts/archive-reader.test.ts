import { packTar } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import { MAX_SHOWN_BYTES, readFileOf } from '#domain/artifacts/archive-reader';

type File = readonly [name: string, body: string | Uint8Array];

const pack = (...files: readonly File[]) =>
  packTar(
    files.map(([name, body]) => {
      const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
      return { header: { name, size: bytes.length, type: 'file' as const }, body: bytes };
    }),
  );

const streamOf = (bytes: Uint8Array<ArrayBuffer>) => new Blob([bytes]).stream();
const gzip = (bytes: Uint8Array<ArrayBuffer>) => streamOf(bytes).pipeThrough(new CompressionStream('gzip'));
const named = (name: string) => ({ isGzip: true, isWanted: (path: string) => path === name });
const textOf = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

describe('readFileOf', () => {
  it('finds a file behind others', async () => {
    const archive = await pack(['app/a', 'x'.repeat(100_000)], ['app/b', 'found'], ['app/c', 'y']);
    expect(textOf(await readFileOf(gzip(archive), named('app/b')))).toBe('found');
    expect(textOf(await readFileOf(streamOf(archive), { ...named('app/b'), isGzip: false }))).toBe('found');
  });

  it('tells that there is none', async () => {
    expect(await readFileOf(gzip(await pack(['app/a', 'x'])), named('app/b'))).toBeUndefined();
  });

  it('does not show a file of more than 4 MiB', async () => {
    const archive = await pack(['big', new Uint8Array(MAX_SHOWN_BYTES + 1)]);
    await expect(readFileOf(gzip(archive), named('big'))).rejects.toMatchObject({ code: 'REQUEST_ENTITY_TOO_LARGE' });
    const fitting = await pack(['big', new Uint8Array(MAX_SHOWN_BYTES)]);
    expect((await readFileOf(gzip(fitting), named('big')))?.length).toBe(MAX_SHOWN_BYTES);
  });

  it('does not unpack more than 64 MiB in search of a file', async () => {
    const archive = await pack(['filler', new Uint8Array(64 * 2 ** 20)], ['app/b', 'found']);
    await expect(readFileOf(gzip(archive), named('app/b'))).rejects.toMatchObject({ code: 'REQUEST_ENTITY_TOO_LARGE' });
  });

  it('does not look at more than 10,000 entries', async () => {
    const fillers = Array.from({ length: 10_000 }, (): File => ['app/a', '']);
    const archive = gzip(await pack(...fillers, ['app/b', 'found']));
    await expect(readFileOf(archive, named('app/b'))).rejects.toMatchObject({ code: 'REQUEST_ENTITY_TOO_LARGE' });
  });

  it.each([
    ['no gzip', Uint8Array.from([1, 2, 3, 4])],
    ['nothing', new Uint8Array(0)],
  ])('refuses %s', async (_, bytes: Uint8Array<ArrayBuffer>) => {
    await expect(readFileOf(streamOf(bytes), named('a'))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('refuses an archive that ends early', async () => {
    const archive = await pack(['app/a', 'x'.repeat(5_000)]);
    await expect(readFileOf(gzip(archive.slice(0, 2_000)), named('b'))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});
