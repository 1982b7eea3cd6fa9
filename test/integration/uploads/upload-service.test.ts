import { runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#core/clock';
import { digestOf } from '#core/digest';
import { parseRepositoryName } from '#core/reference';
import { homeOf } from '#domain/uploads/upload-id';
import {
  BLOBS,
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
  streamOf,
  UPLOAD_SESSION,
} from '#test/support/uploads';

const unknown = expect.objectContaining({ code: 'BLOB_UPLOAD_UNKNOWN' });
const read = async (key: string) => new Uint8Array(await ((await BLOBS.get(key))?.arrayBuffer() ?? new ArrayBuffer(0)));

function passHours(hours: number) {
  const nowMs = Date.now() + hours * 3_600_000;
  vi.spyOn(systemClock, 'nowMs').mockImplementation(() => nowMs);
}

afterEach(() => vi.restoreAllMocks());

describe('an upload id', () => {
  it('costs nothing to open and stands for an empty upload', async () => {
    const { service, calls } = createUploadHarness();
    const id = service.start(repository).text;
    expect(calls).toEqual([]);
    expect(await service.offset(id, repository)).toBe(0);
  });

  it('is unknown when forged, of another repository, or a day old', async () => {
    const { service } = createUploadHarness();
    const id = service.start(repository).text;
    const other = parseRepositoryName('library/other');
    if (other.ok) await expect(service.offset(id, other.value)).rejects.toEqual(unknown);
    await expect(service.offset(`${id.slice(0, -1)}-`, repository)).rejects.toEqual(unknown);
    await expect(service.offset('no-such-upload', repository)).rejects.toEqual(unknown);
    passHours(24.1);
    await expect(service.offset(id, repository)).rejects.toEqual(unknown);
  });

  it('is unknown once the upload was cancelled, even before its first byte', async () => {
    const { service } = createUploadHarness();
    const id = service.start(repository).text;
    await service.cancel(id, repository);
    await expect(service.offset(id, repository)).rejects.toEqual(unknown);
    await expect(service.append(id, repository, stream(randomBytes(10)))).rejects.toEqual(unknown);
    await expect(service.cancel(id, repository)).rejects.toEqual(unknown);
  });
});

describe('a small push as docker makes it', () => {
  it('writes one object, calls the session three times and commits one batch', async () => {
    const { service, storage, calls } = createUploadHarness();
    await storage.newObjectKey();
    calls.length = 0;
    const content = randomBytes(1000);
    const id = service.start(repository).text;
    await service.append(id, repository, stream(content));
    await service.finish(id, end(digestOf(content)));
    expect(calls).toEqual([
      'storage.newObjectKey',
      'storage.write',
      'sessions.record',
      'sessions.finish',
      'blobs.commitUpload',
      'sessions.markDone',
    ]);
  });

  it('labels the object with what it holds', async () => {
    const { service, blobs } = createUploadHarness();
    const content = randomBytes(1000);
    const digest = digestOf(content);
    const id = service.start(repository).text;
    await service.append(id, repository, stream(content));
    await service.finish(id, end(digest));
    const blob = await blobs.findLinked(repository, digest);
    const object = await BLOBS.head(blob?.objectKey ?? '');
    expect(object?.customMetadata).toEqual({ kind: 'blob', repository, digest });
  });
});

describe('a body without a byte and without Content-Length', () => {
  it('adds nothing, and costs no write', async () => {
    const { service, calls } = createUploadHarness();
    const content = randomBytes(1000);
    const id = service.start(repository).text;
    const empty = () => stream(new Uint8Array(0));
    expect(await service.append(id, repository, empty())).toEqual({ kind: 'stored', offsetBytes: 0 });
    await service.append(id, repository, stream(content));
    calls.length = 0;
    expect(await service.append(id, repository, empty())).toEqual({ kind: 'stored', offsetBytes: 1000 });
    expect(await service.finish(id, end(digestOf(content), empty()))).toEqual({ kind: 'finished' });
    expect(calls.filter((call) => call.startsWith('storage.'))).toEqual([]);
  });
});

describe('a blob that comes in one request', () => {
  for (const length of [1000, 3 * MIB]) {
    it(`needs no session when it opens its upload (${length} bytes)`, async () => {
      const { service, blobs, calls } = createUploadHarness();
      const content = randomBytes(length);
      const digest = digestOf(content);
      await service.push(end(digest, sized(content)));
      expect(await blobs.findLinked(repository, digest)).toMatchObject({ sizeBytes: length });
      expect(calls.filter((call) => call.startsWith('sessions.'))).toEqual([]);
    });

    it(`is refused when it does not have the digest (${length} bytes)`, async () => {
      const { service, blobs } = createUploadHarness();
      const digest = digestOf(randomBytes(8));
      const push = service.push(end(digest, sized(randomBytes(length))));
      await expect(push).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
      const id = service.start(repository).text;
      const put = service.finish(id, end(digest, sized(randomBytes(length))));
      await expect(put).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
      expect(await orphans(blobs)).toEqual([]);
    });

    it(`may be put again, with the bytes or without (${length} bytes)`, async () => {
      const { service, blobs } = createUploadHarness();
      const content = randomBytes(length);
      const digest = digestOf(content);
      const id = service.start(repository).text;
      const finished = { kind: 'finished' };
      expect(await service.finish(id, end(digest, sized(content)))).toEqual(finished);
      expect(await service.finish(id, end(digest, sized(content)))).toEqual(finished);
      expect(await service.finish(id, end(digest))).toEqual(finished);
      expect(await orphans(blobs)).toEqual([]);
    });
  }
});

describe('chunks', () => {
  it('that do not begin at the offset are refused, and the upload goes on', async () => {
    const { service } = createUploadHarness();
    const content = randomBytes(3000);
    const id = service.start(repository).text;
    const refused = (offsetBytes: number) => ({ kind: 'refused', offsetBytes });
    expect(await service.append(id, repository, chunk(content.slice(1000, 2000), 1000))).toEqual(refused(0));
    await service.append(id, repository, chunk(content.slice(0, 1000), 0));
    expect(await service.append(id, repository, chunk(content.slice(2000), 2000))).toEqual(refused(1000));
    expect(await service.append(id, repository, chunk(content.slice(0, 1000), 0))).toEqual(refused(1000));
    const last = chunk(content.slice(2000), 2000);
    expect(await service.finish(id, end(digestOf(content), last))).toEqual(refused(1000));
    await service.append(id, repository, chunk(content.slice(1000, 2000), 1000));
    expect(await service.finish(id, end(digestOf(content), chunk(content.slice(2000), 2000)))).toEqual({
      kind: 'finished',
    });
  });

  it('of another length than they say are refused', async () => {
    const { service } = createUploadHarness();
    const id = service.start(repository).text;
    for (const length of [1000, 2 * MIB, 20 * MIB]) {
      const body = { stream: streamOf(randomBytes(length)), lengthBytes: length + 1, firstByte: 0 };
      await expect(service.append(id, repository, body)).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    }
    const long = { stream: streamOf(randomBytes(1001)), lengthBytes: 1000, firstByte: 0 };
    await expect(service.append(id, repository, long)).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    expect(await service.offset(id, repository)).toBe(0);
  });

  it('by the hundred leave nothing to be read by the final PUT', async () => {
    const { service, calls } = createUploadHarness();
    const content = randomBytes(6 * MIB + 99 * 3000);
    const id = service.start(repository).text;
    await service.append(id, repository, chunk(content.slice(0, 6 * MIB), 0));
    for (let at = 6 * MIB; at < content.length; at += 3000) {
      await service.append(id, repository, chunk(content.slice(at, at + 3000), at));
    }
    calls.length = 0;
    await service.finish(id, end(digestOf(content)));
    expect(calls).not.toContain('storage.read');
    expect(calls).toContain('multipart.complete');
  });

  it('of a part or more leave no tail to be read by the next', async () => {
    const { service, calls } = createUploadHarness();
    const content = randomBytes(18 * MIB);
    const id = service.start(repository).text;
    for (let at = 0; at < content.length; at += 6 * MIB) {
      await service.append(id, repository, chunk(content.slice(at, at + 6 * MIB), at));
    }
    await service.finish(id, end(digestOf(content)));
    expect(calls).not.toContain('storage.read');
  });
});

describe('two bodies at once', () => {
  for (const length of [1000, 9 * MIB]) {
    it(`are never mixed: one is refused or comes after the other (${length} bytes)`, async () => {
      const { service, blobs } = createUploadHarness();
      const id = service.start(repository).text;
      const [a, b] = [randomBytes(length), randomBytes(length)];
      const outcomes = await Promise.all([
        service.append(id, repository, chunk(a, 0)),
        service.append(id, repository, chunk(b, 0)),
      ]);
      expect(outcomes.map((outcome) => outcome.kind).sort()).toEqual(['refused', 'stored']);
      const winner = outcomes[0]?.kind === 'stored' ? a : b;
      expect(await service.finish(id, end(digestOf(winner)))).toEqual({ kind: 'finished' });
      expect(await orphans(blobs)).toEqual([]);
    });
  }
});

describe('a body that breaks off', () => {
  it('leaves what was stored, and the rest may follow', async () => {
    const { service } = createUploadHarness();
    const content = randomBytes(20 * MIB);
    const id = service.start(repository).text;
    const body = {
      stream: brokenStreamOf(content.subarray(0, 18 * MIB)),
      lengthBytes: undefined,
      firstByte: undefined,
    };
    await expect(service.append(id, repository, body)).rejects.toMatchObject({ code: 'BLOB_UPLOAD_INVALID' });
    const offset = await service.offset(id, repository);
    expect(offset).toBe(16 * MIB);
    await service.append(id, repository, chunk(content.slice(offset), offset));
    expect(await service.finish(id, end(digestOf(content)))).toEqual({ kind: 'finished' });
  });

  it('within the parts of a chunk does not spoil the chunks before it', async () => {
    const { service } = createUploadHarness();
    const content = randomBytes(14 * MIB);
    const id = service.start(repository).text;
    await service.append(id, repository, chunk(content.slice(0, 9 * MIB), 0));
    const broken = brokenStreamOf(content.subarray(9 * MIB, 12 * MIB));
    const body = { stream: broken, lengthBytes: 5 * MIB, firstByte: 9 * MIB };
    await expect(service.append(id, repository, body)).rejects.toMatchObject({ code: 'BLOB_UPLOAD_INVALID' });
    expect(await service.offset(id, repository)).toBe(9 * MIB);
    const prefix = content.slice(0, 9 * MIB);
    expect(await service.finish(id, end(digestOf(prefix)))).toEqual({ kind: 'finished' });
  });
});

describe('the final PUT', () => {
  it('may ask for sha512 only then', async () => {
    for (const length of [1000, 9 * MIB]) {
      const { service, blobs } = createUploadHarness();
      const content = randomBytes(length);
      const digest = digestOf(content, 'sha512');
      const id = service.start(repository).text;
      await service.append(id, repository, stream(content));
      await service.finish(id, end(digest));
      const blob = await blobs.findLinked(repository, digest);
      expect(digestOf(await read(blob?.objectKey ?? ''), 'sha512')).toBe(digest);
    }
  });

  it('with another digest removes the upload and its bytes', async () => {
    for (const length of [1000, 9 * MIB]) {
      const { service, blobs } = createUploadHarness();
      const id = service.start(repository).text;
      await service.append(id, repository, stream(randomBytes(length)));
      const wrong = end(digestOf(randomBytes(8)));
      await expect(service.finish(id, wrong)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
      await expect(service.offset(id, repository)).rejects.toEqual(unknown);
      expect(await orphans(blobs)).toEqual([]);
    }
  });

  it('may be repeated for an hour', async () => {
    const { service } = createUploadHarness();
    const content = randomBytes(9 * MIB);
    const id = service.start(repository).text;
    await service.append(id, repository, stream(content));
    for (let time = 0; time < 3; time++) {
      expect(await service.finish(id, end(digestOf(content)))).toEqual({ kind: 'finished' });
    }
    await expect(service.finish(id, end(digestOf(randomBytes(8))))).rejects.toEqual(unknown);
  });

  it('of a content that is there already keeps the older object and removes the new one', async () => {
    const { service, blobs } = createUploadHarness();
    const content = randomBytes(9 * MIB);
    for (let time = 0; time < 2; time++) {
      const id = service.start(repository).text;
      await service.append(id, repository, stream(content));
      await service.finish(id, end(digestOf(content)));
    }
    expect(await orphans(blobs)).toEqual([]);
  });

  const steps = [
    'sessions.finish',
    'multipart.complete',
    'storage.writeJournal',
    'blobs.commitUpload',
    'sessions.markDone',
  ];
  for (const step of steps) {
    it(`carries on after a crash right after ${step}`, async () => {
      const { service, blobs, crashAfter } = createUploadHarness();
      const content = randomBytes(9 * MIB);
      const id = service.start(repository).text;
      await service.append(id, repository, chunk(content, 0));
      crashAfter(step);
      await expect(service.finish(id, end(digestOf(content)))).rejects.toThrow(`crash after ${step}`);
      expect(await service.finish(id, end(digestOf(content)))).toEqual({ kind: 'finished' });
      expect(await orphans(blobs)).toEqual([]);
    });
  }
});

describe('an upload that is given up', () => {
  for (const length of [1000, 9 * MIB]) {
    it(`is forgotten after a day, with its bytes (${length} bytes)`, async () => {
      const { service, blobs } = createUploadHarness();
      const id = service.start(repository).text;
      await service.append(id, repository, chunk(randomBytes(length - 500), 0));
      await service.append(id, repository, chunk(randomBytes(500), length - 500));
      expect(await orphans(blobs)).toHaveLength(1);
      const session = UPLOAD_SESSION.getByName(homeOf(id));
      passHours(23);
      expect(await runDurableObjectAlarm(session)).toBe(true);
      expect(await service.offset(id, repository)).toBe(length);
      passHours(25);
      expect(await runDurableObjectAlarm(session)).toBe(true);
      expect(await orphans(blobs)).toEqual([]);
      expect(await runDurableObjectAlarm(session)).toBe(false);
    });
  }

  it('that had become a blob unnoticed keeps its object', async () => {
    const { service, blobs, crashAfter } = createUploadHarness();
    const content = randomBytes(1000);
    const digest = digestOf(content);
    const id = service.start(repository).text;
    await service.append(id, repository, stream(content));
    crashAfter('blobs.commitUpload');
    await expect(service.finish(id, end(digest))).rejects.toThrow('crash');
    passHours(25);
    await runDurableObjectAlarm(UPLOAD_SESSION.getByName(homeOf(id)));
    const blob = await blobs.findLinked(repository, digest);
    expect(await read(blob?.objectKey ?? '')).toEqual(content);
  });

  it('by its client is removed at once', async () => {
    const { service, blobs } = createUploadHarness();
    const id = service.start(repository).text;
    await service.append(id, repository, chunk(randomBytes(9 * MIB), 0));
    await service.cancel(id, repository);
    expect(await orphans(blobs)).toEqual([]);
  });
});
