import { packTar } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import { readFileOf } from '#domain/artifacts/archive-reader';

const UNPACKED_BYTES = 120 * 2 ** 20;
const PIECE_BYTES = 4 * 1024;

describe('a small archive that unfolds to a large one', () => {
  it('is unpacked no further than it is read', async () => {
    const size = UNPACKED_BYTES;
    const tar = await packTar([{ header: { name: 'filler', size, type: 'file' }, body: new Uint8Array(size) }]);
    const gzip = new Blob([tar]).stream().pipeThrough(new CompressionStream('gzip'));
    const bytes = await new Response(gzip).bytes();
    let taken = 0;
    const archive = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (taken >= bytes.length) return controller.close();
          controller.enqueue(bytes.slice(taken, taken + PIECE_BYTES));
          taken += PIECE_BYTES;
        },
      },
      { highWaterMark: 0 },
    );
    const read = readFileOf(archive, { isGzip: true, isWanted: () => false });
    await expect(read).rejects.toMatchObject({ code: 'REQUEST_ENTITY_TOO_LARGE' });
    // It ends after little more than half of what there is.
    expect(taken / bytes.length).toBeLessThan(0.75);
  });
});
