import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { type CrashPoint, crashingIsolate } from '#test/support/crashes';
import { crashPoints } from '#test/support/depth';
import { forgetLocks } from '#test/support/forget-locks';
import { createHarness, type Harness } from '#test/support/harness';
import { type Image, newRepository, pushBlob, putManifest, randomImage } from '#test/support/images';

/** As docker does: the config in one PUT, the layer by PATCH and PUT, then the manifest under a tag. */
async function push(harness: Harness, repository: string, image: Image): Promise<boolean> {
  const [layer] = image.layers;
  if (!layer) throw new Error('the image has no layer');
  await pushBlob(harness, repository, image.config);
  const opened = await harness.asAdmin('POST', `/v2/${repository}/blobs/uploads/`);
  const patched = await harness.asAdmin('PATCH', opened.headers.get('location') ?? '', { body: layer });
  const location = patched.headers.get('location') ?? '';
  await harness.asAdmin('PUT', `${location}?digest=${digestOf(layer)}`);
  const done = await putManifest(harness, repository, 'latest', image.manifest, image.mediaType);
  return done.status === 201;
}

/** Runs a push in an isolate that dies at the point; tells whether the client was told that it succeeded. */
async function pushAndCrash(point: CrashPoint, repository: string, image: Image): Promise<boolean> {
  const isolate = crashingIsolate(point);
  return push(createHarness({}, isolate.intercept), repository, image).catch(() => false);
}

async function expectWhole(harness: Harness, repository: string, image: Image): Promise<void> {
  const manifest = await harness.asAdmin('GET', `/v2/${repository}/manifests/latest`);
  expect(digestOf(new Uint8Array(await manifest.arrayBuffer()))).toBe(image.digest);
  for (const bytes of [image.config, ...image.layers]) {
    const blob = await harness.asAdmin('GET', `/v2/${repository}/blobs/${digestOf(bytes)}`);
    expect(digestOf(new Uint8Array(await blob.arrayBuffer()))).toBe(digestOf(bytes));
  }
}

/** Rows point at objects, and objects without a row are found from an intent. */
async function expectNothingLost({ env }: Harness): Promise<void> {
  const rows = await env.DB.prepare('select object_key from blobs').all<{ object_key: string }>();
  const intents = await env.DB.prepare('select prefix from object_intents').all<{ prefix: string }>();
  const objects = (await env.BLOBS.list()).objects.map((object) => object.key);
  const keysWithRow = new Set(rows.results.map((row) => row.object_key));
  expect([...keysWithRow].filter((key) => !objects.includes(key))).toEqual([]);
  const unaccounted = objects.filter(
    (key) =>
      !keysWithRow.has(key) && !intents.results.some(({ prefix }) => key.includes(prefix.split('/')[1] ?? prefix)),
  );
  expect(unaccounted).toEqual([]);
}

async function callsOfAPush(): Promise<readonly string[]> {
  const isolate = crashingIsolate();
  expect(await push(createHarness({}, isolate.intercept), newRepository(), randomImage())).toBe(true);
  return isolate.calls;
}

describe('a push in an isolate that dies', () => {
  it.each(['before', 'after'] as const)(
    '%s any of its binding calls loses nothing and can be repeated',
    async (when) => {
      const calls = await callsOfAPush();
      expect(calls.length).toBeGreaterThan(10);
      const harness = createHarness();
      for (const call of crashPoints(calls.length, when)) {
        const [repository, image] = [newRepository(), randomImage()];
        const wasAcknowledged = await pushAndCrash({ call, when }, repository, image);
        await forgetLocks();
        const tags = await harness.asAdmin('GET', `/v2/${repository}/tags/list`);
        if (wasAcknowledged || tags.status === 200) await expectWhole(harness, repository, image);
        expect(await push(harness, repository, image), `repeated after dying ${when} ${calls[call - 1]}`).toBe(true);
        await expectWhole(harness, repository, image);
      }
      await expectNothingLost(harness);
    },
    120_000,
  );
});
