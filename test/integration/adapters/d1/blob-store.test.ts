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

const rows = () => db.prepare('select object_key, touched_at_ms from blobs').all();
/** What garbage collection leaves of a blob that nothing needs. */
const collect = () =>
  db.batch([
    db.prepare('insert into doomed_objects (object_key, doomed_at_ms) select object_key, 1 from blobs'),
    db.prepare('delete from repository_blobs'),
    db.prepare('delete from blobs'),
  ]);

beforeEach(async () => {
  await db.batch(
    ['repository_blobs', 'blobs', 'repositories', 'doomed_objects'].map((table) => db.prepare(`delete from ${table}`)),
  );
});

describe('committing an upload', () => {
  it('links the blob, and may be repeated', async () => {
    const blob = await store.commitUpload(upload);
    expect(blob).toMatchObject({ digest, sizeBytes: 1, objectKey: 'blobs/i/one' });
    expect(await store.commitUpload(upload)).toEqual(blob);
    expect(await store.findLinked(repository, digest)).toEqual(blob);
  });

  it('keeps the object of a blob that is there, and touches it', async () => {
    await store.commitUpload(upload);
    const blob = await store.commitUpload({ ...upload, objectKey: 'blobs/i/two', nowMs: 2000 });
    expect(blob.objectKey).toBe('blobs/i/one');
    expect((await rows()).results).toEqual([{ object_key: 'blobs/i/one', touched_at_ms: 2000 }]);
  });

  it('gives a collected blob another object, and is refused with the same', async () => {
    await store.commitUpload(upload);
    await collect();
    const unknown = expect.objectContaining({ code: 'BLOB_UPLOAD_UNKNOWN' });
    await expect(store.commitUpload({ ...upload, nowMs: 2000 })).rejects.toEqual(unknown);
    expect((await rows()).results).toEqual([]);
    const blob = await store.commitUpload({ ...upload, objectKey: 'blobs/i/two', nowMs: 2000 });
    expect(blob.objectKey).toBe('blobs/i/two');
    expect(await store.findLinked(repository, digest)).toEqual(blob);
  });

  it('refuses an upload that is repeated when its content was there at first, and has been collected since', async () => {
    await store.commitUpload(upload);
    const second = { ...upload, objectKey: 'blobs/i/two', nowMs: 2000 };
    expect((await store.commitUpload(second)).objectKey).toBe('blobs/i/one');
    await collect();
    // Its object went when it was not needed.
    const unknown = expect.objectContaining({ code: 'BLOB_UPLOAD_UNKNOWN' });
    await expect(store.commitUpload(second)).rejects.toEqual(unknown);
    expect((await rows()).results).toEqual([]);
  });

  it('in a project that was deleted is refused and leaves nothing', async () => {
    const insert = `insert into projects (name, owner_id, deleted_at_ms, created_at_ms, updated_at_ms)
      values ('gone', 1, 1, 1, 1) returning id`;
    const projectId = (await db.prepare(insert).first<number>('id')) ?? 0;
    const unknown = expect.objectContaining({ code: 'NAME_UNKNOWN' });
    await expect(store.commitUpload({ ...upload, projectId })).rejects.toEqual(unknown);
    expect((await rows()).results).toEqual([]);
  });
});
