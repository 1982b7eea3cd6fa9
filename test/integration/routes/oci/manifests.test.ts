import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { MEDIA_TYPES } from '#core/media-types';
import { createHarness } from '#test/support/harness';
import {
  descriptor,
  jsonBytes,
  newRepository,
  pushImage,
  putManifest,
  randomBytes,
  randomImage,
} from '#test/support/images';
import { brokenStreamOf } from '#test/support/uploads';

const harness = createHarness();

async function errorCode(response: Response): Promise<string | undefined> {
  const body = (await response.json()) as { errors: { code: string }[] };
  return body.errors[0]?.code;
}

describe('PUT /v2/:name/manifests/:reference', () => {
  it('answers 201 with location and digest, and the manifest is served byte for byte by tag and by digest', async () => {
    const repository = newRepository();
    const image = randomImage({ layers: 2 });
    const pushed = await pushImage(harness, repository, image, 'latest');
    expect(pushed.status).toBe(201);
    expect(pushed.headers.get('docker-content-digest')).toBe(image.digest);
    expect(pushed.headers.get('location')).toBe(`/v2/${repository}/manifests/latest`);
    for (const reference of ['latest', image.digest]) {
      const got = await harness.asAdmin('GET', `/v2/${repository}/manifests/${reference}`);
      expect(got.status).toBe(200);
      expect(got.headers.get('content-type')).toBe(MEDIA_TYPES.ociManifest);
      expect(got.headers.get('docker-content-digest')).toBe(image.digest);
      expect(digestOf(new Uint8Array(await got.arrayBuffer()))).toBe(image.digest);
      const head = await harness.asAdmin('HEAD', `/v2/${repository}/manifests/${reference}`);
      expect(head.headers.get('content-length')).toBe(String(image.manifest.length));
    }
  });

  it('moves a tag and keeps the manifest it named before', async () => {
    const repository = newRepository();
    const [first, second] = [randomImage(), randomImage()];
    await pushImage(harness, repository, first, 'v1');
    await pushImage(harness, repository, second, 'v1');
    const byTag = await harness.asAdmin('HEAD', `/v2/${repository}/manifests/v1`);
    expect(byTag.headers.get('docker-content-digest')).toBe(second.digest);
    expect((await harness.asAdmin('HEAD', `/v2/${repository}/manifests/${first.digest}`)).status).toBe(200);
  });

  it('accepts the same push again', async () => {
    const repository = newRepository();
    const image = randomImage();
    await pushImage(harness, repository, image, 'v1');
    expect((await pushImage(harness, repository, image, 'v1')).status).toBe(201);
  });

  it('sets every tag of ?tag= and names them in OCI-Tag', async () => {
    const repository = newRepository();
    const image = randomImage();
    const names = Array.from({ length: 12 }, (_, index) => `t${index}`);
    const query = names.map((name) => `tag=${name}`).join('&');
    const pushed = await pushImage(harness, repository, image, `${image.digest}?${query}`);
    expect(pushed.status).toBe(201);
    expect(pushed.headers.get('oci-tag')?.split(', ')).toEqual(names);
    const listed = (await (await harness.asAdmin('GET', `/v2/${repository}/tags/list`)).json()) as { tags: string[] };
    expect(listed.tags).toEqual([...names].sort());
  });

  it('refuses more tags than one request may set with 414', async () => {
    const image = randomImage();
    const query = Array.from({ length: 101 }, (_, index) => `tag=t${index}`).join('&');
    expect((await pushImage(harness, newRepository(), image, `${image.digest}?${query}`)).status).toBe(414);
  });

  it('rejects a manifest whose layer is unknown with MANIFEST_BLOB_UNKNOWN, names the layer, and lists nothing', async () => {
    const repository = newRepository();
    const image = randomImage({ layers: 2 });
    const pushed = await putManifest(harness, repository, 'latest', image.manifest, image.mediaType);
    expect(pushed.status).toBe(404);
    const body = (await pushed.json()) as { errors: { code: string; detail: { digests: string[] } }[] };
    expect(body.errors[0]?.code).toBe('MANIFEST_BLOB_UNKNOWN');
    expect(body.errors[0]?.detail.digests).toEqual([image.config, ...image.layers].map((bytes) => digestOf(bytes)));
    expect((await harness.asAdmin('GET', `/v2/${repository}/tags/list`)).status).toBe(404);
  });

  it('names the first hundred missing layers', async () => {
    const repository = newRepository();
    const layers = Array.from({ length: 101 }, () => descriptor(randomBytes(8), 'a/b'));
    const manifest = jsonBytes({ schemaVersion: 2, config: descriptor(randomBytes(8), 'a/b'), layers });
    const refused = await putManifest(harness, repository, 'many', manifest, MEDIA_TYPES.ociManifest);
    const body = (await refused.json()) as { errors: { detail: { digests: string[] } }[] };
    expect(body.errors[0]?.detail.digests).toHaveLength(100);
  });

  it.each(['config', 'layers'] as const)(
    'refuses a manifest that says another size of its %s than it has',
    async (of) => {
      const repository = newRepository();
      const image = randomImage();
      await pushImage(harness, repository, image);
      const parsed = JSON.parse(new TextDecoder().decode(image.manifest));
      const wrong = of === 'config' ? parsed.config : parsed.layers[0];
      wrong.size += 1;
      const refused = await putManifest(harness, repository, 'wrong', jsonBytes(parsed), image.mediaType);
      const body = (await refused.json()) as { errors: { code: string; detail: unknown }[] };
      expect([refused.status, body.errors[0]?.code]).toEqual([400, 'MANIFEST_INVALID']);
      expect(body.errors[0]?.detail).toEqual({
        reason: 'size-mismatch',
        sizes: [{ digest: wrong.digest, size: wrong.size, actual: wrong.size - 1 }],
      });
    },
  );

  it('refuses a manifest that says two sizes of one layer', async () => {
    const repository = newRepository();
    const image = randomImage();
    await pushImage(harness, repository, image);
    const parsed = JSON.parse(new TextDecoder().decode(image.manifest));
    parsed.layers.push({ ...parsed.layers[0], size: 1 });
    const refused = await putManifest(harness, repository, 'two', jsonBytes(parsed), image.mediaType);
    expect([refused.status, await errorCode(refused)]).toEqual([400, 'MANIFEST_INVALID']);
  });

  it('serves a manifest as the type it was pushed with last, by tag, by digest and among referrers', async () => {
    const repository = newRepository();
    const image = randomImage();
    await pushImage(harness, repository, image);
    const subject = descriptor(image.manifest, image.mediaType);
    const config = descriptor(image.config, MEDIA_TYPES.ociConfig);
    const bytes = jsonBytes({ schemaVersion: 2, config, layers: [], subject });
    const digest = digestOf(bytes);
    for (const mediaType of [MEDIA_TYPES.dockerManifest, MEDIA_TYPES.ociManifest, 'application/vnd.test.other+json']) {
      expect((await putManifest(harness, repository, 'typed', bytes, mediaType)).status).toBe(201);
      for (const reference of ['typed', digest]) {
        const got = await harness.asAdmin('GET', `/v2/${repository}/manifests/${reference}`);
        expect(got.headers.get('content-type')).toBe(mediaType);
      }
      const listed = await harness.asAdmin('GET', `/v2/${repository}/referrers/${subject.digest}`);
      expect(await listed.json()).toMatchObject({ manifests: [{ digest, mediaType }] });
    }
  });

  it('accepts foreign layers that were not pushed', async () => {
    const repository = newRepository();
    const image = randomImage();
    const foreign = {
      ...descriptor(randomBytes(10), 'application/vnd.oci.image.layer.nondistributable.v1.tar'),
      urls: ['https://example.test/layer'],
    };
    const config = descriptor(image.config, MEDIA_TYPES.ociConfig);
    const manifest = jsonBytes({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, config, layers: [foreign] });
    await pushImage(harness, repository, image);
    expect((await putManifest(harness, repository, 'foreign', manifest, MEDIA_TYPES.ociManifest)).status).toBe(201);
  });

  it('accepts a missing subject, echoes it and lists the referrer', async () => {
    const repository = newRepository();
    const subject = descriptor(randomBytes(10), MEDIA_TYPES.ociManifest);
    const extra = { subject, artifactType: 'application/vnd.test.sbom', annotations: { key: 'value' } };
    const image = randomImage({ extra });
    const pushed = await pushImage(harness, repository, image);
    expect(pushed.headers.get('oci-subject')).toBe(subject.digest);
    const listed = await harness.asAdmin('GET', `/v2/${repository}/referrers/${subject.digest}`);
    expect(listed.headers.get('content-type')).toBe(MEDIA_TYPES.ociIndex);
    const index = (await listed.json()) as { manifests: unknown[] };
    expect(index.manifests).toEqual([
      {
        mediaType: MEDIA_TYPES.ociManifest,
        digest: image.digest,
        size: image.manifest.length,
        artifactType: 'application/vnd.test.sbom',
        annotations: { key: 'value' },
      },
    ]);
  });

  it('keeps a manifest pushed by a sha512 digest under that digest', async () => {
    const repository = newRepository();
    const image = randomImage();
    const digest = digestOf(image.manifest, 'sha512');
    expect((await pushImage(harness, repository, image, digest)).headers.get('docker-content-digest')).toBe(digest);
    expect((await harness.asAdmin('GET', `/v2/${repository}/manifests/${digest}`)).status).toBe(200);
  });

  it.each([
    ['a digest that is not that of the body', `sha256:${'0'.repeat(64)}`, {}, 400, 'DIGEST_INVALID'],
    ['a malformed digest', 'sha256:baddigeststring', {}, 400, 'DIGEST_INVALID'],
    ['a malformed tag', '-nope', {}, 400, 'MANIFEST_INVALID'],
    ['a body that is not JSON', 'latest', { body: '{' }, 400, 'MANIFEST_INVALID'],
    ['a body that is a list', 'latest', { body: '[]' }, 400, 'MANIFEST_INVALID'],
    ['no content type', 'latest', { contentType: '' }, 400, 'MANIFEST_INVALID'],
    [
      'schema 1',
      'latest',
      { contentType: 'application/vnd.docker.distribution.manifest.v1+json' },
      400,
      'MANIFEST_INVALID',
    ],
    ['another type than the body says', 'latest', { contentType: MEDIA_TYPES.dockerManifest }, 400, 'MANIFEST_INVALID'],
    ['a body over 4 MiB', 'latest', { body: ' '.repeat(4 * 1024 * 1024 + 1) }, 413, 'REQUEST_ENTITY_TOO_LARGE'],
  ])(
    'refuses %s',
    async (_, reference, { body, contentType }: { body?: string; contentType?: string }, status, code) => {
      const image = randomImage();
      const headers = { 'content-type': contentType ?? image.mediaType };
      const init = { body: body ?? image.manifest, headers };
      const answer = await harness.asAdmin('PUT', `/v2/${newRepository()}/manifests/${reference}`, init);
      expect(answer.status).toBe(status);
      expect(await errorCode(answer)).toBe(code);
    },
  );

  it('refuses a body that breaks off', async () => {
    const headers = { 'content-type': randomImage().mediaType };
    const body = brokenStreamOf(new TextEncoder().encode('{'));
    const answer = await harness.asAdmin('PUT', `/v2/${newRepository()}/manifests/latest`, { body, headers });
    expect(answer.status).toBe(400);
    expect(await errorCode(answer)).toBe('SIZE_INVALID');
  });

  it('takes an index with more children than one value of the database could name', async () => {
    const repository = newRepository();
    const children = Array.from({ length: 16_000 }, (_, i) => ({
      mediaType: MEDIA_TYPES.ociManifest,
      digest: `sha256:${i.toString(16).padStart(64, '0')}`,
      size: i,
      annotations: { position: String(i) },
    }));
    const index = jsonBytes({ schemaVersion: 2, manifests: children });
    expect(index.length).toBeGreaterThan(2_000_000);
    const pushed = await putManifest(harness, repository, 'latest', index, MEDIA_TYPES.ociIndex);
    expect(pushed.status).toBe(201);
    const rows = await harness.env.DB.prepare(
      `select position, annotations ->> '$.position' as told from artifact_references
       where parent_id = (select id from artifacts where digest = ?) order by position`,
    )
      .bind(digestOf(index))
      .all<{ position: number; told: string }>();
    expect(rows.results.map((row) => row.told)).toEqual(children.map((child) => child.annotations.position));
  });

  it('takes an image with more layers than one value of the database could name', async () => {
    const repository = newRepository();
    const image = randomImage();
    const missing = Array.from({ length: 27_000 }, (_, i) => ({
      mediaType: 'a/b',
      digest: `sha256:${i.toString(16).padStart(64, '0')}`,
      size: i,
    }));
    await pushImage(harness, repository, image, 'latest');
    const config = descriptor(image.config, MEDIA_TYPES.ociConfig);
    const push = (layers: unknown[]) =>
      putManifest(
        harness,
        repository,
        'many',
        jsonBytes({ schemaVersion: 2, config, layers }),
        MEDIA_TYPES.ociManifest,
      );
    const refused = await push(missing);
    expect([refused.status, await errorCode(refused)]).toEqual([404, 'MANIFEST_BLOB_UNKNOWN']);
    const layer = descriptor(image.layers[0] ?? image.config, 'a/b');
    expect((await push(missing.map(() => layer))).status).toBe(201);
  });

  it('takes annotations that are too long for a row, and serves them in the manifest alone', async () => {
    const repository = newRepository();
    const long = randomImage({ extra: { annotations: { long: '\u20ac'.repeat(1_300_000) } } });
    expect((await pushImage(harness, repository, long, 'latest')).status).toBe(201);
    const got = await harness.asAdmin('GET', `/v2/${repository}/manifests/latest`);
    expect(digestOf(new Uint8Array(await got.arrayBuffer()))).toBe(long.digest);
    const child = {
      ...descriptor(long.manifest, MEDIA_TYPES.ociManifest),
      annotations: { long: 'x'.repeat(3_000_000) },
    };
    const index = jsonBytes({ schemaVersion: 2, manifests: [child] });
    expect((await putManifest(harness, repository, 'index', index, MEDIA_TYPES.ociIndex)).status).toBe(201);
  });
});

describe('GET /v2/:name/manifests/:reference', () => {
  it('keeps any type a client has chosen, and no browser takes it for a page', async () => {
    const repository = newRepository();
    const bytes = jsonBytes({ '<script>alert(1)</script>': '' });
    expect((await putManifest(harness, repository, 'page', bytes, 'text/html')).status).toBe(201);
    const got = await harness.asAdmin('GET', `/v2/${repository}/manifests/page`);
    expect(Object.fromEntries(got.headers)).toMatchObject({
      'content-type': 'text/html',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
  });

  it('answers 304 to a client that has the digest', async () => {
    const repository = newRepository();
    const image = randomImage();
    await pushImage(harness, repository, image, 'latest');
    const headers = { 'if-none-match': `"${image.digest}"` };
    const answer = await harness.asAdmin('GET', `/v2/${repository}/manifests/latest`, { headers });
    expect(answer.status).toBe(304);
    expect(await answer.text()).toBe('');
  });

  it.each(['latest', `sha256:${'0'.repeat(64)}`])(
    'answers MANIFEST_UNKNOWN for %s when there is none',
    async (reference) => {
      const answer = await harness.asAdmin('GET', `/v2/${newRepository()}/manifests/${reference}`);
      expect(answer.status).toBe(404);
      expect(await errorCode(answer)).toBe('MANIFEST_UNKNOWN');
    },
  );
});

describe('DELETE /v2/:name/manifests/:reference', () => {
  it('deletes a digest with all its tags', async () => {
    const repository = newRepository();
    const image = randomImage();
    await pushImage(harness, repository, image, 'a');
    await pushImage(harness, repository, image, 'b');
    expect((await harness.asAdmin('DELETE', `/v2/${repository}/manifests/${image.digest}`)).status).toBe(202);
    for (const reference of ['a', 'b', image.digest]) {
      expect((await harness.asAdmin('GET', `/v2/${repository}/manifests/${reference}`)).status).toBe(404);
    }
    const listed = (await (await harness.asAdmin('GET', `/v2/${repository}/tags/list`)).json()) as { tags: string[] };
    expect(listed.tags).toEqual([]);
  });

  it('deletes a tag and leaves its manifest and its other tags', async () => {
    const repository = newRepository();
    const image = randomImage();
    await pushImage(harness, repository, image, 'a');
    await pushImage(harness, repository, image, 'b');
    expect((await harness.asAdmin('DELETE', `/v2/${repository}/manifests/a`)).status).toBe(202);
    expect((await harness.asAdmin('GET', `/v2/${repository}/manifests/a`)).status).toBe(404);
    expect((await harness.asAdmin('GET', `/v2/${repository}/manifests/b`)).status).toBe(200);
    expect((await harness.asAdmin('DELETE', `/v2/${repository}/manifests/a`)).status).toBe(404);
  });

  it('takes a deleted referrer off the listing, and all of a subject that is deleted', async () => {
    const repository = newRepository();
    const subject = randomImage();
    await pushImage(harness, repository, subject);
    const extra = { subject: descriptor(subject.manifest, subject.mediaType) };
    const [first, second] = [randomImage({ extra }), randomImage({ extra })];
    await pushImage(harness, repository, first);
    await pushImage(harness, repository, second);
    const referrers = async () => {
      const listed = await harness.asAdmin('GET', `/v2/${repository}/referrers/${subject.digest}`);
      const index = (await listed.json()) as { manifests: { digest: string }[] };
      return index.manifests.map((entry) => entry.digest);
    };
    await harness.asAdmin('DELETE', `/v2/${repository}/manifests/${first.digest}`);
    expect(await referrers()).toEqual([second.digest]);
    await harness.asAdmin('DELETE', `/v2/${repository}/manifests/${subject.digest}`);
    expect(await referrers()).toEqual([]);
  });
});
