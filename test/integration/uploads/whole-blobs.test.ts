import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import {
  chunk,
  createUploadHarness,
  end,
  orphans,
  randomBytes,
  repository,
  sized,
  stream,
} from '#test/support/uploads';

const unknown = expect.objectContaining({ code: 'BLOB_UPLOAD_UNKNOWN' });

describe('the final PUT of a whole small blob', () => {
  const content = randomBytes(1000);
  const digest = digestOf(content);

  it('of an upload that was cancelled is unknown', async () => {
    const { service } = createUploadHarness();
    const id = service.start(repository).text;
    await service.append(id, repository, stream(content));
    await service.cancel(id, repository);
    await expect(service.finish(id, end(digest, sized(content)))).rejects.toEqual(unknown);
  });

  it('is refused where it does not begin at the offset', async () => {
    const { service } = createUploadHarness();
    const id = service.start(repository).text;
    await service.append(id, repository, stream(randomBytes(5)));
    expect(await service.finish(id, end(digest, chunk(content, 0)))).toEqual({ kind: 'refused', offsetBytes: 5 });
    expect(await service.offset(id, repository)).toBe(5);
    await service.cancel(id, repository);
  });

  it('comes after what was stored before, and then does not have the digest', async () => {
    const { service, blobs } = createUploadHarness();
    const id = service.start(repository).text;
    await service.append(id, repository, stream(content));
    const put = service.finish(id, end(digest, sized(content)));
    await expect(put).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    expect(await orphans(blobs)).toEqual([]);
  });

  it('asks the session once and writes nothing to it', async () => {
    const { service, calls } = createUploadHarness();
    const own = randomBytes(1000);
    await service.finish(service.start(repository).text, end(digestOf(own), sized(own)));
    expect(calls.filter((call) => call.startsWith('sessions.'))).toEqual(['sessions.offset']);
  });
});
