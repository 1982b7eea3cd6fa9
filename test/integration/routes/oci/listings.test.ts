import { describe, expect, it } from 'vitest';
import { MEDIA_TYPES } from '#core/media-types';
import { createHarness } from '#test/support/harness';
import { descriptor, jsonBytes, newRepository, pushImage, putManifest, randomImage } from '#test/support/images';

const harness = createHarness();

/** Follows `Link` headers from the first page to the last. */
async function pages<T>(path: string, read: (body: unknown) => readonly T[]): Promise<T[][]> {
  const all: T[][] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer: Response = await harness.asAdmin('GET', next);
    expect(answer.status).toBe(200);
    all.push([...read(await answer.json())]);
    next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  return all;
}

const readTags = (body: unknown) => (body as { tags: string[] }).tags;
const readManifests = (body: unknown) => (body as { manifests: { digest: string }[] }).manifests;

async function repositoryWithTags(tags: readonly string[]): Promise<string> {
  const repository = newRepository();
  const image = randomImage();
  await pushImage(harness, repository, image, `${image.digest}?${tags.map((tag) => `tag=${tag}`).join('&')}`);
  return repository;
}

describe('GET /v2/:name/tags/list', () => {
  const tags = ['1.0', '1.0.1', 'A', 'Z', '_x', 'a', 'b'];

  it('lists in ASCII order', async () => {
    const repository = await repositoryWithTags([...tags].reverse());
    const answer = await harness.asAdmin('GET', `/v2/${repository}/tags/list`);
    expect(await answer.json()).toEqual({ name: repository, tags });
    expect(answer.headers.get('link')).toBeNull();
  });

  it.each([1, 2, 3, 6, 7, 8])('hands out every tag once, in pages of %i', async (n) => {
    const repository = await repositoryWithTags(tags);
    const found = await pages(`/v2/${repository}/tags/list?n=${n}`, readTags);
    expect(found.flat()).toEqual(tags);
    expect(found.length).toBe(Math.ceil(tags.length / n));
  });

  it('starts after `last`, whether or not that tag exists', async () => {
    const repository = await repositoryWithTags(tags);
    const tagsAfter = async (last: string) =>
      (await pages(`/v2/${repository}/tags/list?last=${last}`, readTags)).flat();
    expect(await tagsAfter('A')).toEqual(['Z', '_x', 'a', 'b']);
    expect(await tagsAfter('B')).toEqual(['Z', '_x', 'a', 'b']);
    expect(await tagsAfter('zz')).toEqual([]);
  });

  it('answers n=0 with an empty list and no Link', async () => {
    const repository = await repositoryWithTags(tags);
    const answer = await harness.asAdmin('GET', `/v2/${repository}/tags/list?n=0`);
    expect(await answer.json()).toEqual({ name: repository, tags: [] });
    expect(answer.headers.get('link')).toBeNull();
  });

  it.each(['-1', 'x', '1.5', '1e3', '99999999999999999999'])('refuses n=%s', async (n) => {
    const answer = await harness.asAdmin('GET', `/v2/library/any/tags/list?n=${n}`);
    expect(answer.status).toBe(400);
  });

  it('answers NAME_UNKNOWN for a repository without manifests', async () => {
    const answer = await harness.asAdmin('GET', `/v2/${newRepository()}/tags/list`);
    expect(answer.status).toBe(404);
    expect(((await answer.json()) as { errors: { code: string }[] }).errors[0]?.code).toBe('NAME_UNKNOWN');
  });
});

describe('GET /v2/_catalog', () => {
  it('hands out every repository once in ASCII order of full names, whatever the page', async () => {
    const names = ['x-y/a', 'x/a-b', 'x/a/b', 'x/ab', 'xy/a', 'x.y/a'];
    for (const project of ['x', 'x-y', 'xy', 'x.y']) {
      await harness.services.projects.create(
        { name: project, ownerId: 1, isPublic: false, metadata: {} },
        { username: 'admin', sourceAddress: undefined },
      );
    }
    for (const name of names) await pushImage(harness, name, randomImage(), 'latest');
    const read = (body: unknown) => (body as { repositories: string[] }).repositories;
    const all = (await pages('/v2/_catalog', read)).flat();
    expect(all).toEqual([...all].sort());
    expect(all.filter((name) => name.startsWith('x'))).toEqual([...names].sort());
    for (const n of [1, 2, 5]) expect((await pages(`/v2/_catalog?n=${n}`, read)).flat()).toEqual(all);
  });

  it('is closed to anonymous callers', async () => {
    expect((await harness.request('GET', '/v2/_catalog')).status).toBe(401);
  });
});

describe('GET /v2/:name/referrers/:digest', () => {
  it('answers an empty index for a subject and a repository nobody knows', async () => {
    const answer = await harness.asAdmin('GET', `/v2/${newRepository()}/referrers/sha256:${'0'.repeat(64)}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(MEDIA_TYPES.ociIndex);
    expect(await answer.json()).toEqual({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: [] });
  });

  it('filters by artifact type, says so, and hands out every referrer once in pages', async () => {
    const repository = newRepository();
    const subject = randomImage();
    await pushImage(harness, repository, subject);
    const extra = { subject: descriptor(subject.manifest, subject.mediaType) };
    const signatures = [1, 2, 3].map(() =>
      randomImage({ extra: { ...extra, artifactType: 'application/vnd.test.sig' } }),
    );
    const plain = randomImage({ extra });
    for (const image of [...signatures, plain]) await pushImage(harness, repository, image);
    const path = `/v2/${repository}/referrers/${subject.digest}`;
    expect((await pages(`${path}?n=2`, readManifests)).map((page) => page.length)).toEqual([2, 2]);
    const filtered = await harness.asAdmin('GET', `${path}?artifactType=application/vnd.test.sig`);
    expect(filtered.headers.get('oci-filters-applied')).toBe('artifactType');
    const found = readManifests(await filtered.json()).map((entry) => entry.digest);
    expect(found).toEqual(signatures.map((image) => image.digest).sort());
  });

  it('ends a page where its annotations have become too long for a manifest', async () => {
    const repository = newRepository();
    const subject = descriptor(randomImage().manifest, MEDIA_TYPES.ociManifest);
    const images = Array.from({ length: 9 }, () =>
      randomImage({ extra: { subject, annotations: { long: 'x'.repeat(590_000) } } }),
    );
    for (const image of images) await pushImage(harness, repository, image);
    const listed = await pages(`/v2/${repository}/referrers/${subject.digest}`, readManifests);
    expect(listed.map((page) => page.length)).toEqual([6, 3]);
    expect(listed.flat().map((entry) => entry.digest)).toEqual(images.map((image) => image.digest).sort());
  });

  it('includes referrers recorded under the tag schema, each once', async () => {
    const repository = newRepository();
    const subject = randomImage();
    await pushImage(harness, repository, subject);
    const extra = { subject: descriptor(subject.manifest, subject.mediaType) };
    const [native, old] = [randomImage({ extra }), randomImage()];
    await pushImage(harness, repository, native);
    await pushImage(harness, repository, old);
    const index = jsonBytes({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      manifests: [native, old].map((image) => descriptor(image.manifest, image.mediaType)),
    });
    const tag = subject.digest.replace(':', '-');
    expect((await putManifest(harness, repository, tag, index, MEDIA_TYPES.ociIndex)).status).toBe(201);
    const listed = await pages(`/v2/${repository}/referrers/${subject.digest}`, readManifests);
    expect(listed.flat().map((entry) => entry.digest)).toEqual([native.digest, old.digest].sort());
  });

  it('refuses a malformed digest', async () => {
    expect((await harness.asAdmin('GET', '/v2/library/any/referrers/latest')).status).toBe(400);
  });
});
