import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { createHarness } from '#test/support/harness';
import { newRepository, pushBlob, pushImage, randomBytes, randomImage } from '#test/support/images';

const harness = createHarness();

async function pushed(sizeBytes = 2048) {
  const repository = newRepository();
  const bytes = randomBytes(sizeBytes);
  const digest = await pushBlob(harness, repository, bytes);
  return { repository, bytes, digest, path: `/v2/${repository}/blobs/${digest}` };
}

describe('GET /v2/:name/blobs/:digest', () => {
  it('serves the bytes with length, digest, ETag and a type nobody compresses', async () => {
    const { bytes, digest, path } = await pushed();
    const answer = await harness.asAdmin('GET', path);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': String(bytes.length),
      'docker-content-digest': digest,
      etag: `"${digest}"`,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect(digestOf(new Uint8Array(await answer.arrayBuffer()))).toBe(digest);
  });

  it.each([
    ['bytes=500-1499', 500, 1499],
    ['bytes=500-', 500, 2047],
    ['bytes=-500', 1548, 2047],
    ['bytes=2000-5000', 2000, 2047],
  ])('serves %s as 206', async (range, first, last) => {
    const { bytes, path } = await pushed();
    const answer = await harness.asAdmin('GET', path, { headers: { range } });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${first}-${last}/2048`);
    expect(answer.headers.get('content-length')).toBe(String(last - first + 1));
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes.slice(first, last + 1));
  });

  it.each(['bytes=500-0', 'bytes=5000-10000'])('refuses %s with 416 and says how long the blob is', async (range) => {
    const { path } = await pushed();
    const answer = await harness.asAdmin('GET', path, { headers: { range } });
    expect(answer.status).toBe(416);
    expect(answer.headers.get('content-range')).toBe('bytes */2048');
  });

  it('serves a part only of the content that If-Range names, and else the whole', async () => {
    const { digest, path } = await pushed();
    const statusFor = async (condition: string) =>
      (await harness.asAdmin('GET', path, { headers: { range: 'bytes=0-9', 'if-range': condition } })).status;
    expect(await statusFor(`"${digest}"`)).toBe(206);
    for (const other of ['"other"', `W/"${digest}"`, 'Wed, 21 Oct 2026 07:28:00 GMT']) {
      expect(await statusFor(other)).toBe(200);
    }
  });

  it('serves a large blob whole and in part, from R2 and again from the edge cache', async () => {
    const { bytes, digest, path } = await pushed(3_000_000);
    for (let round = 0; round < 2; round++) {
      const whole = new Uint8Array(await (await harness.asAdmin('GET', path)).arrayBuffer());
      expect(digestOf(whole)).toBe(digest);
      const part = await harness.asAdmin('GET', path, { headers: { range: 'bytes=1000000-1000099' } });
      expect(part.status).toBe(206);
      expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(1_000_000, 1_000_100));
    }
  });

  it('answers 304 to a client that holds the digest', async () => {
    const { digest, path } = await pushed();
    const answer = await harness.asAdmin('GET', path, { headers: { 'if-none-match': `W/"x", "${digest}"` } });
    expect(answer.status).toBe(304);
  });

  it('answers BLOB_UNKNOWN for a blob of another repository', async () => {
    const { digest } = await pushed();
    const answer = await harness.asAdmin('GET', `/v2/${newRepository()}/blobs/${digest}`);
    expect(answer.status).toBe(404);
    const body = (await answer.json()) as { errors: { code: string }[] };
    expect(body.errors[0]?.code).toBe('BLOB_UNKNOWN');
  });

  it('answers 404, not a broken body, when the object is gone', async () => {
    const { digest, path } = await pushed();
    const key = await harness.env.DB.prepare('select object_key from blobs where digest = ?')
      .bind(digest)
      .first<string>('object_key');
    await harness.env.BLOBS.delete(key ?? '');
    expect((await harness.asAdmin('GET', path)).status).toBe(404);
  });

  it('reads repositories whose names hold blobs, manifests and uploads', async () => {
    const repository = `library/blobs/uploads/manifests/tags/${crypto.randomUUID()}/blobs`;
    const image = randomImage();
    expect((await pushImage(harness, repository, image, 'uploads')).status).toBe(201);
    expect((await harness.asAdmin('GET', `/v2/${repository}/manifests/uploads`)).status).toBe(200);
    expect((await harness.asAdmin('GET', `/v2/${repository}/blobs/${digestOf(image.config)}`)).status).toBe(200);
    expect((await harness.asAdmin('GET', `/v2/${repository}/tags/list`)).status).toBe(200);
  });

  it.each([
    ['/v2/library/app/blobs/sha256:short', 400, 'DIGEST_INVALID'],
    ['/v2/library/app/blobs/latest', 400, 'DIGEST_INVALID'],
    [`/v2/Library/app/blobs/sha256:${'0'.repeat(64)}`, 400, 'NAME_INVALID'],
    [`/v2/app/blobs/sha256:${'0'.repeat(64)}`, 400, 'NAME_INVALID'],
    ['/v2/library/a%0d%0aX:y/tags/list', 400, 'NAME_INVALID'],
    [`/v2/library/a%0a/blobs/sha256:${'0'.repeat(64)}`, 400, 'NAME_INVALID'],
    ['/v2/library/app/nothing/here', 404, 'NOT_FOUND'],
  ])('answers %s with %i %s', async (path, status, code) => {
    const answer = await harness.asAdmin('GET', path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const body = (await answer.json()) as { errors: { code: string }[] };
    expect(body.errors[0]?.code).toBe(code);
  });

  it('answers 405 to a method the path does not have', async () => {
    const { path } = await pushed();
    expect((await harness.asAdmin('PATCH', path)).status).toBe(405);
  });
});

describe('HEAD /v2/:name/blobs/:digest', () => {
  it('answers the length without a body, and 404 without a body', async () => {
    const { bytes, path } = await pushed();
    const found = await harness.asAdmin('HEAD', path);
    expect(found.headers.get('content-length')).toBe(String(bytes.length));
    expect(await found.text()).toBe('');
    const missing = await harness.asAdmin('HEAD', path.replace(/.$/, path.endsWith('0') ? '1' : '0'));
    expect(missing.status).toBe(404);
    expect(await missing.text()).toBe('');
  });

  it('keeps an unreferenced blob from garbage collection when a pusher asks', async () => {
    const { digest, path } = await pushed();
    const { DB } = harness.env;
    await DB.prepare('update blobs set touched_at_ms = 0 where digest = ?').bind(digest).run();
    expect((await harness.asAdmin('HEAD', path)).status).toBe(200);
    const touched = DB.prepare('select touched_at_ms from blobs where digest = ?').bind(digest);
    expect(await touched.first('touched_at_ms')).toBeGreaterThan(0);
  });
});

describe('DELETE /v2/:name/blobs/:digest', () => {
  it('removes the link, and nothing else, at once', async () => {
    const { bytes, digest, path } = await pushed();
    const other = newRepository();
    await pushBlob(harness, other, bytes);
    expect((await harness.asAdmin('DELETE', path)).status).toBe(202);
    expect((await harness.asAdmin('HEAD', path)).status).toBe(404);
    expect((await harness.asAdmin('GET', path)).status).toBe(404);
    expect((await harness.asAdmin('DELETE', path)).status).toBe(404);
    expect((await harness.asAdmin('GET', `/v2/${other}/blobs/${digest}`)).status).toBe(200);
  });

  it('refuses while a manifest of the repository needs the blob', async () => {
    const repository = newRepository();
    const image = randomImage();
    await pushImage(harness, repository, image);
    const path = `/v2/${repository}/blobs/${digestOf(image.config)}`;
    expect((await harness.asAdmin('DELETE', path)).status).toBe(405);
    await harness.asAdmin('DELETE', `/v2/${repository}/manifests/${image.digest}`);
    // The link has gone with the manifest.
    expect((await harness.asAdmin('DELETE', path)).status).toBe(404);
  });
});
