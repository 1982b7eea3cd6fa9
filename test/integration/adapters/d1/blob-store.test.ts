import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { D1BlobStore } from '#adapters/d1/blob-store';
import { digestOf } from '#core/digest';
import { parseRepositoryName } from '#core/reference';
import type { Env } from '#src/env';

const { DB: db } = env as unknown as Env;
const parsed = parseRepositoryName('library/commits');
if (!parsed.ok) throw new Error(parsed.error);
const repository = parsed.value;
const digest = digestOf(new Uint8Array([1]));
const store = new D1BlobStore({ db });
const upload = { projectId: 1, repository, digest, sizeBytes: 1, objectKey: 'blobs/i/one', nowMs: 1000 };

const rows = () => db.prepare('select object_key, state, version, touched_at_ms from blobs').all();
const setState = (state: string) => db.prepare('update blobs set state = ?').bind(state).run();

beforeEach(async () => {
  await db.batch(['repository_blobs', 'blobs', 'repositories'].map((table) => db.prepare(`delete from ${table}`)));
});

describe('committing an upload', () => {
  it('links the blob, and may be repeated', async () => {
    const blob = await store.commitUpload(upload);
    expect(blob).toMatchObject({ digest, sizeBytes: 1, objectKey: 'blobs/i/one' });
    expect(await store.commitUpload(upload)).toEqual(blob);
    expect(await store.findLinked(repository, digest)).toEqual(blob);
  });

  it('keeps the object of a usable blob, whose mark goes', async () => {
    await store.commitUpload(upload);
    await setState('marked');
    const blob = await store.commitUpload({ ...upload, objectKey: 'blobs/i/two', nowMs: 2000 });
    expect(blob.objectKey).toBe('blobs/i/one');
    expect((await rows()).results).toEqual([
      { object_key: 'blobs/i/one', state: 'none', version: 2, touched_at_ms: 2000 },
    ]);
  });

  for (const state of ['deleting', 'failed']) {
    it(`gives a blob in ${state} another object, and is refused with the same`, async () => {
      await store.commitUpload(upload);
      await setState(state);
      const before = (await rows()).results;
      const unknown = expect.objectContaining({ code: 'BLOB_UPLOAD_UNKNOWN' });
      await expect(store.commitUpload({ ...upload, nowMs: 2000 })).rejects.toEqual(unknown);
      expect((await rows()).results).toEqual(before);
      const blob = await store.commitUpload({ ...upload, objectKey: 'blobs/i/two', nowMs: 2000 });
      expect(blob.objectKey).toBe('blobs/i/two');
      expect(await store.findLinked(repository, digest)).toEqual(blob);
    });
  }

  it('in a project that was deleted is refused and leaves nothing', async () => {
    const insert = `insert into projects (name, owner_id, deleted_at_ms, created_at_ms, updated_at_ms)
      values ('gone', 1, 1, 1, 1) returning id`;
    const projectId = (await db.prepare(insert).first<number>('id')) ?? 0;
    const unknown = expect.objectContaining({ code: 'NAME_UNKNOWN' });
    await expect(store.commitUpload({ ...upload, projectId })).rejects.toEqual(unknown);
    expect((await rows()).results).toEqual([]);
  });
});
