import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { DRAWINGS } from '#domain/icons/drawings';
import { ICON_DIGESTS } from '#domain/icons/fixed-icon';
import { pushArtifact } from '#test/support/artifacts';
import { createHarness } from '#test/support/harness';
import { jsonBytes, newRepository, randomBytes } from '#test/support/images';
import { asAdmin, basic, errorOf } from '#test/support/server';

const harness = createHarness();
const get = (digest: string) => harness.request('GET', `/api/v2.0/icons/${digest}`);
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Pushes an artifact of a type of its own with a layer that shall be its icon; answers what is told of it. */
async function pushWithIcon(icon: Uint8Array): Promise<{ icon: string; type: string }> {
  const repository = newRepository();
  await pushArtifact(harness, repository, {
    config: { bytes: jsonBytes({ n: 1 }), mediaType: 'application/vnd.example.thing.config.v1+json' },
    layers: [{ bytes: icon, mediaType: 'image/png', annotations: { 'io.goharbor.artifact.v1alpha1.icon': '' } }],
    tag: '1',
  });
  const path = `/api/v2.0/projects/library/repositories/${repository.slice('library/'.length)}/artifacts/1`;
  const response = await harness.request('GET', path, { headers: asAdmin });
  return (await response.json()) as { icon: string; type: string };
}

describe('GET /api/v2.0/icons/{digest}', () => {
  it.each(Object.entries(ICON_DIGESTS))('shows the icon of %s to anybody', async (name, digest) => {
    const response = await get(digest);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      'content-type': 'image/png',
      content: DRAWINGS[name as keyof typeof DRAWINGS],
    });
  });

  it('is for everybody but those who give wrong credentials', async () => {
    const headers = basic('admin', 'wrong');
    const path = `/api/v2.0/icons/${ICON_DIGESTS.image}`;
    expect((await harness.request('GET', path, { headers })).status).toBe(401);
    expect((await harness.request('GET', path)).status).toBe(200);
  });

  it('shows the icon that an artifact brings', async () => {
    const icon = new Uint8Array([...PNG, ...randomBytes(200_000)]);
    const artifact = await pushWithIcon(icon);
    expect(artifact).toMatchObject({ type: 'THING', icon: digestOf(icon) });
    const shown = (await (await get(digestOf(icon))).json()) as { content: string };
    expect(shown).toEqual({ 'content-type': 'image/png', content: Buffer.from(icon).toString('base64') });
  });

  it.each([
    ['no picture', randomBytes(100)],
    ['too large', new Uint8Array([...PNG, ...randomBytes(2 ** 20)])],
    ['next to nothing', new Uint8Array(PNG.slice(0, 4))],
  ])('takes a layer that is %s for no icon', async (_, bytes) => {
    expect((await pushWithIcon(bytes)).icon).toBe(ICON_DIGESTS.default);
    const response = await get(digestOf(bytes));
    expect([response.status, (await errorOf(response)).code]).toEqual([404, 'NOT_FOUND']);
  });

  it.each([`sha256:${'0'.repeat(64)}`, 'nothing'])('does not find %s', async (digest) => {
    expect((await get(digest)).status).toBe(404);
  });
});
