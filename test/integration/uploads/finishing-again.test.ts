import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import {
  brokenStreamOf,
  chunk,
  createUploadHarness,
  end,
  MIB,
  orphans,
  randomBytes,
  repository,
  sized,
  stream,
} from '#test/support/uploads';

describe('finishing again, after a crash', () => {
  it('carries on where the last part had to be written anew', async () => {
    const { service, blobs, crashAfter } = createUploadHarness();
    const content = randomBytes(6 * MIB + 1000);
    const id = service.start(repository).text;
    await service.append(id, repository, chunk(content.slice(0, 6 * MIB), 0));
    await service.append(id, repository, chunk(content.slice(6 * MIB), 6 * MIB));
    const broken = { stream: brokenStreamOf(randomBytes(10)), lengthBytes: 2 * MIB, firstByte: content.length };
    await expect(service.append(id, repository, broken)).rejects.toThrow();
    crashAfter('multipart.complete');
    await expect(service.finish(id, end(digestOf(content)))).rejects.toThrow('crash after multipart.complete');
    expect(await service.finish(id, end(digestOf(content)))).toEqual({ kind: 'finished' });
    expect(await orphans(blobs)).toEqual([]);
  });

  it('carries on where the content was there already and the new object is gone', async () => {
    const { service, blobs, crashAfter } = createUploadHarness();
    const content = randomBytes(9 * MIB);
    const digest = digestOf(content);
    await service.push(end(digest, sized(content)));
    const id = service.start(repository).text;
    await service.append(id, repository, stream(content));
    crashAfter('storage.delete');
    await expect(service.finish(id, end(digest))).rejects.toThrow('crash after storage.delete');
    expect(await service.finish(id, end(digest))).toEqual({ kind: 'finished' });
    expect(await orphans(blobs)).toEqual([]);
  });
});
