import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { propertyRuns } from '#test/support/depth';
import {
  chunk,
  createUploadHarness,
  end,
  MIB,
  noBody,
  orphans,
  randomBytes,
  repository,
  sized,
  stream,
} from '#test/support/uploads';

const styles = {
  chunk,
  sized: (bytes: Uint8Array<ArrayBuffer>) => sized(bytes),
  stream: (bytes: Uint8Array<ArrayBuffer>) => stream(bytes),
};
type Style = keyof typeof styles;

const length = fc.oneof(
  fc.integer({ min: 1, max: 200_000 }),
  fc.constantFrom(MIB - 1, MIB, MIB + 1, 5 * MIB, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1),
  fc.integer({ min: MIB, max: 20 * MIB }),
);
const style = fc.constantFrom<Style>('chunk', 'sized', 'stream');
const mixed = fc.array(fc.record({ length, style }), { minLength: 1, maxLength: 5 });
const uniform = fc
  .record({ length, style, count: fc.integer({ min: 1, max: 4 }), rest: fc.integer({ min: 1, max: MIB }) })
  .map(({ length, style, count, rest }) => [...Array(count).fill({ length, style }), { length: rest, style }]);
const algorithm = fc.constantFrom('sha256', 'sha512').map((name) => name as 'sha256' | 'sha512');

async function upload(pieces: { length: number; style: Style }[], isLastInPut: boolean, name: 'sha256' | 'sha512') {
  const { service, blobs, storage } = createUploadHarness();
  const content = randomBytes(pieces.reduce((sum, piece) => sum + piece.length, 0));
  const digest = digestOf(content, name);
  const id = service.start(repository).text;
  let at = 0;
  for (const [index, { length, style }] of pieces.entries()) {
    const body = styles[style](content.slice(at, at + length), at);
    at += length;
    if (isLastInPut && index === pieces.length - 1) {
      expect(await service.finish(id, end(digest, body))).toEqual({ kind: 'finished' });
    } else {
      expect(await service.append(id, repository, body)).toEqual({ kind: 'stored', offsetBytes: at });
    }
  }
  if (!isLastInPut) expect(await service.finish(id, end(digest))).toEqual({ kind: 'finished' });
  const blob = await blobs.findLinked(repository, digest);
  expect(blob?.sizeBytes).toBe(content.length);
  const stored = await new Response(await storage.read(blob?.objectKey ?? '')).arrayBuffer();
  expect(digestOf(new Uint8Array(stored), name)).toBe(digest);
  expect(await orphans(blobs)).toEqual([]);
}

describe('an upload', () => {
  it('becomes the same blob whatever its bodies are, and leaves nothing else behind', {
    timeout: 60_000 + propertyRuns * 20_000,
  }, async () => {
    const property = fc.asyncProperty(mixed, fc.boolean(), algorithm, upload);
    await fc.assert(property, { numRuns: propertyRuns, endOnFailure: true });
  });

  it('becomes the same blob when all its chunks but the last have one length', {
    timeout: 60_000 + propertyRuns * 20_000,
  }, async () => {
    const property = fc.asyncProperty(uniform, fc.boolean(), algorithm, upload);
    await fc.assert(property, { numRuns: propertyRuns, endOnFailure: true });
  });

  it('may be empty', async () => {
    const { service, blobs } = createUploadHarness();
    const digest = digestOf(new Uint8Array(0));
    const id = service.start(repository).text;
    expect(await service.append(id, repository, noBody)).toEqual({ kind: 'stored', offsetBytes: 0 });
    expect(await service.finish(id, end(digest))).toEqual({ kind: 'finished' });
    expect((await blobs.findLinked(repository, digest))?.sizeBytes).toBe(0);
  });
});
