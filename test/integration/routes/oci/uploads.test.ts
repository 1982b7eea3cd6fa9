import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { createHarness } from '#test/support/harness';
import { MIB, randomBytes, streamOf } from '#test/support/uploads';

const { asAdmin, request } = createHarness();
const uploads = '/v2/library/uploads/blobs/uploads/';
const content = (text: string) => Uint8Array.from(new TextEncoder().encode(text));
const hello = content('hello, registry');
const digest = digestOf(hello);

async function start(query = ''): Promise<string> {
  const response = await asAdmin('POST', `${uploads}${query}`);
  expect(response.status).toBe(202);
  return response.headers.get('location') ?? '';
}

function sized(bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): RequestInit {
  return { body: bytes, headers: { 'content-length': String(bytes.length), ...headers } };
}

async function codeOf(response: Response): Promise<string | undefined> {
  const { errors } = (await response.json()) as { errors: { code: string }[] };
  return errors[0]?.code;
}

describe('POST /v2/<name>/blobs/uploads/', () => {
  it('answers where to send the bytes', async () => {
    const response = await asAdmin('POST', uploads);
    expect(response.status).toBe(202);
    const location = response.headers.get('location') ?? '';
    expect(location.startsWith(uploads)).toBe(true);
    expect(response.headers.get('docker-upload-uuid')).toBe(location.slice(uploads.length));
    expect(response.headers.get('range')).toBe('0-0');
    expect(response.headers.get('content-length')).toBe('0');
  });

  it('takes a whole blob', async () => {
    const response = await asAdmin('POST', `${uploads}?digest=${digest}`, sized(hello));
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/v2/library/uploads/blobs/${digest}`);
    expect(response.headers.get('docker-content-digest')).toBe(digest);
  });

  it('opens an upload where a mount finds nothing', async () => {
    const missing = digestOf(content('nobody has this'));
    expect(await start(`?mount=${missing}&from=library/elsewhere`)).toContain(uploads);
    expect(await start(`?mount=${missing}`)).toContain(uploads);
    expect(await start(`?mount=${missing}&from=no-such-project/app`)).toContain(uploads);
  });

  it('mounts a blob of another repository', async () => {
    await asAdmin('POST', `${uploads}?digest=${digest}`, sized(hello));
    const other = '/v2/library/mounted/blobs/uploads/';
    const response = await asAdmin('POST', `${other}?mount=${digest}&from=library/uploads`);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/v2/library/mounted/blobs/${digest}`);
  });

  for (const query of ['?digest=sha256:abc', '?digest=md5:00', '?digest-algorithm=md5']) {
    it(`refuses ${query} with DIGEST_INVALID`, async () => {
      const response = await asAdmin('POST', uploads + query, sized(hello));
      expect(response.status).toBe(400);
      expect(await codeOf(response)).toBe('DIGEST_INVALID');
    });
  }

  it('is refused to a stranger', async () => {
    expect((await request('POST', uploads)).status).toBe(401);
  });
});

describe('PATCH /v2/<name>/blobs/uploads/<id>', () => {
  it('answers the range that is there', async () => {
    const location = await start('?digest-algorithm=sha512');
    const response = await asAdmin('PATCH', location, { body: hello });
    expect(response.status).toBe(202);
    expect(response.headers.get('range')).toBe(`0-${hello.length - 1}`);
    expect(response.headers.get('location')).toBe(location);
    const status = await asAdmin('GET', location);
    expect(status.status).toBe(204);
    expect(status.headers.get('range')).toBe(`0-${hello.length - 1}`);
    const put = await asAdmin('PUT', `${location}?digest=${digestOf(hello, 'sha512')}`);
    expect(put.status).toBe(201);
  });

  it('tells a client whose chunk is out of order where to go on', async () => {
    const location = await start();
    await asAdmin('PATCH', location, sized(hello, { 'content-range': `0-${hello.length - 1}` }));
    const response = await asAdmin('PATCH', location, sized(hello, { 'content-range': `40-${39 + hello.length}` }));
    expect(response.status).toBe(416);
    expect(response.headers.get('location')).toBe(location);
    expect(response.headers.get('range')).toBe(`0-${hello.length - 1}`);
    expect(await codeOf(response)).toBe('RANGE_INVALID');
  });

  it('refuses headers that contradict each other or mean nothing', async () => {
    const location = await start();
    const tooLong = await asAdmin('PATCH', location, sized(hello, { 'content-range': '0-99' }));
    expect([tooLong.status, await codeOf(tooLong)]).toEqual([400, 'SIZE_INVALID']);
    const senseless = await asAdmin('PATCH', location, sized(hello, { 'content-range': 'all of it' }));
    expect([senseless.status, await codeOf(senseless)]).toEqual([400, 'BLOB_UPLOAD_INVALID']);
  });
});

describe('PUT /v2/<name>/blobs/uploads/<id>', () => {
  it('needs a digest', async () => {
    const location = await start();
    for (const query of ['', '?digest=', '?digest=sha256:xyz']) {
      const response = await asAdmin('PUT', location + query, sized(hello));
      expect([response.status, await codeOf(response)]).toEqual([400, 'DIGEST_INVALID']);
    }
  });

  it('makes the bytes a blob that can be pulled', async () => {
    const location = await start();
    const response = await asAdmin('PUT', `${location}?digest=${digest}`, sized(hello));
    expect(response.status).toBe(201);
    const blob = await asAdmin('GET', response.headers.get('location') ?? '');
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(hello);
  });

  it('takes a large body whose length only the client says, and refuses one of another length', async () => {
    const [first, all] = [randomBytes(MIB), randomBytes(2 * MIB)];
    const rows = [
      { bytes: all, digest: digestOf(all), said: all.length, status: 201 },
      { bytes: all, digest: digestOf(all), said: all.length + 1, status: 400 },
      { bytes: all, digest: digestOf(all.slice(0, -1)), said: all.length - 1, status: 400 },
      { bytes: first, digest: digestOf(first), said: MIB, status: 201 },
      { bytes: all, digest: digestOf(all.slice(0, MIB)), said: MIB, status: 400 },
    ];
    for (const { bytes, digest: named, said, status } of rows) {
      const unsized = () => streamOf(bytes).pipeThrough(new IdentityTransformStream());
      const headers = { 'content-range': `0-${said - 1}` };
      const put = await asAdmin('PUT', `${await start()}?digest=${named}`, { body: unsized(), headers });
      expect(put.status).toBe(status);
      const post = await asAdmin('POST', `${uploads}?digest=${named}`, { body: unsized(), headers });
      expect(post.status).toBe(status);
      if (status === 400) expect(await codeOf(post)).toBe('SIZE_INVALID');
    }
  });

  it('refuses other bytes than the digest names', async () => {
    const location = await start();
    const response = await asAdmin('PUT', `${location}?digest=${digest}`, sized(content('something else')));
    expect([response.status, await codeOf(response)]).toEqual([400, 'DIGEST_INVALID']);
  });
});

describe('DELETE /v2/<name>/blobs/uploads/<id>', () => {
  it('cancels the upload', async () => {
    const location = await start();
    await asAdmin('PATCH', location, { body: hello });
    expect((await asAdmin('DELETE', location)).status).toBe(204);
    for (const method of ['GET', 'DELETE']) {
      const response = await asAdmin(method, location);
      expect([response.status, await codeOf(response)]).toEqual([404, 'BLOB_UPLOAD_UNKNOWN']);
    }
  });

  it('does not know an upload of another repository', async () => {
    const location = (await start()).replace('library/uploads', 'library/other');
    expect((await asAdmin('DELETE', location)).status).toBe(404);
  });
});
