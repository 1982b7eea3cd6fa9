import { describe, expect, it } from 'vitest';
import { MEDIA_TYPES } from '#core/media-types';
import type { RepositoryName } from '#core/reference';
import { parseReference } from '#core/reference';
import { NO_PARTS } from '#domain/artifacts/artifact';
import { MAX_CONFIG_BYTES } from '#domain/artifacts/artifact-facts-service';
import { pushArtifact } from '#test/support/artifacts';
import { createHarness } from '#test/support/harness';
import { descriptor, jsonBytes, newRepository, putManifest } from '#test/support/images';
import { testEnv } from '#test/support/server';

const harness = createHarness();
const CONFIG = { architecture: 'arm64', os: 'linux' };

const find = (repository: string, reference: string) => {
  const parsed = parseReference(reference);
  if (!parsed) throw new Error(`${reference} is no reference`);
  return harness.services.artifacts.get(repository as RepositoryName, parsed, NO_PARTS);
};

const config = (bytes: Uint8Array) => ({ config: { bytes, mediaType: MEDIA_TYPES.ociConfig }, tag: '1' });

describe('the facts of a pushed artifact', () => {
  it('are read from its config', async () => {
    const repository = newRepository();
    await pushArtifact(harness, repository, config(jsonBytes(CONFIG)));
    expect(await find(repository, '1')).toMatchObject({ type: 'IMAGE', extraAttributes: CONFIG });
  });

  it.each([
    ['no JSON', new TextEncoder().encode('{"os":')],
    ['no object', jsonBytes(['linux'])],
    ['too large', jsonBytes({ ...CONFIG, padding: 'x'.repeat(MAX_CONFIG_BYTES) })],
  ])('are few when the config is %s', async (_, bytes) => {
    const repository = newRepository();
    await pushArtifact(harness, repository, config(bytes));
    expect(await find(repository, '1')).toMatchObject({ type: 'IMAGE', extraAttributes: undefined });
  });

  it('stay when it is pushed again, and come when they were missing', async () => {
    const repository = newRepository();
    const { manifest } = await pushArtifact(harness, repository, config(jsonBytes({ ...CONFIG, n: 1 })));
    const { id } = await find(repository, '1');
    const change = (value: string | null) =>
      testEnv.DB.prepare('update artifacts set extra_attributes = ? where id = ?').bind(value, id).run();
    const pushAgain = () => putManifest(harness, repository, '1', manifest, MEDIA_TYPES.ociManifest);
    await change('{"os":"kept"}');
    expect((await pushAgain()).status).toBe(201);
    expect((await find(repository, '1')).extraAttributes).toEqual({ os: 'kept' });
    await change(null);
    expect((await pushAgain()).status).toBe(201);
    expect((await find(repository, '1')).extraAttributes).toMatchObject(CONFIG);
  });

  it('do not fail a push whose config cannot be read', async () => {
    const broken = createHarness({}, (call, invoke) =>
      call.binding === 'BLOBS' && call.method === 'get' ? Promise.reject(new Error('the bucket is away')) : invoke(),
    );
    const repository = newRepository();
    await pushArtifact(broken, repository, config(jsonBytes({ ...CONFIG, n: 2 })));
    expect((await find(repository, '1')).extraAttributes).toBeUndefined();
  });

  it('do not decide whether the config is there', async () => {
    const repository = newRepository();
    await pushArtifact(harness, repository, config(jsonBytes(CONFIG)));
    const absent = descriptor(jsonBytes({ never: 'pushed' }), MEDIA_TYPES.ociConfig);
    const manifest = jsonBytes({ schemaVersion: 2, config: absent, layers: [] });
    const response = await putManifest(harness, repository, '2', manifest, MEDIA_TYPES.ociManifest);
    expect(response.status).toBe(404);
  });
});
