import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { describeManifestProblem, parseManifest } from '#core/manifest';
import { MEDIA_TYPES } from '#core/media-types';

const encoder = new TextEncoder();
const digest = digestOf(new Uint8Array(0));
const config = { mediaType: MEDIA_TYPES.ociConfig, digest, size: 7 };
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest, size: 11 };

function parse(body: unknown, contentType: string = MEDIA_TYPES.ociManifest) {
  return parseManifest(encoder.encode(JSON.stringify(body)), contentType);
}

describe('parseManifest', () => {
  it('reads config, layers, subject and annotations of an image', () => {
    const parsed = parse({ schemaVersion: 2, config, layers: [layer], subject: config, annotations: { a: 'b' } });
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        blobs: [config, layer],
        subject: { digest },
        artifactType: MEDIA_TYPES.ociConfig,
        annotations: { a: 'b' },
        contentSizeBytes: 18,
      },
    });
  });

  it('prefers artifactType to the config type, and leaves an index without one', () => {
    const image = parse({ schemaVersion: 2, artifactType: 'application/x', config, layers: [] });
    expect(image.ok && image.value.artifactType).toBe('application/x');
    const index = parse({ schemaVersion: 2, manifests: [] }, MEDIA_TYPES.ociIndex);
    expect(index.ok && index.value.artifactType).toBeUndefined();
  });

  it('does not ask for non-distributable layers', () => {
    const foreign = { ...layer, mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', urls: ['x'] };
    const parsed = parse({ schemaVersion: 2, config, layers: [foreign, layer] });
    expect(parsed.ok && parsed.value.blobs).toEqual([config, layer]);
  });

  it('ignores parameters of the content type and fields it does not know', () => {
    const parsed = parse(
      { schemaVersion: 2, config, layers: [], custom: { deep: [1] } },
      `${MEDIA_TYPES.ociManifest}; charset=utf-8`,
    );
    expect(parsed.ok && parsed.value.mediaType).toBe(MEDIA_TYPES.ociManifest);
  });

  it('accepts a manifest of a type it has never heard of', () => {
    expect(parse({ anything: 1 }, 'application/vnd.example.thing+json').ok).toBe(true);
  });

  it.each([
    ['no config', { schemaVersion: 2, layers: [] }, 'config: is required'],
    ['a negative size', { schemaVersion: 2, config: { ...config, size: -1 }, layers: [] }, 'config.size'],
    [
      'a size that is no safe integer',
      { schemaVersion: 2, config: { ...config, size: 2 ** 53 }, layers: [] },
      'config.size',
    ],
    [
      'sizes whose sum is no safe integer',
      { schemaVersion: 2, config, layers: [layer, { ...layer, size: 2 ** 53 - 1 }] },
      'layers: have sizes',
    ],
    ['an index in an image', { schemaVersion: 2, config, layers: [], manifests: [] }, 'manifests: does not belong'],
    ['a fractional size', { schemaVersion: 2, config: { ...config, size: 1.5 }, layers: [] }, 'config.size'],
    [
      'a malformed digest',
      { schemaVersion: 2, config: { ...config, digest: 'sha256:x' }, layers: [] },
      'config.digest',
    ],
    ['another schema', { schemaVersion: 1, config, layers: [] }, 'schemaVersion'],
    ['layers that are not a list', { schemaVersion: 2, config, layers: {} }, 'layers'],
    ['annotations that are not text', { schemaVersion: 2, config, layers: [], annotations: { a: 1 } }, 'annotations.a'],
    ['a list', [], 'manifest'],
    ['null', null, 'manifest'],
  ])('refuses %s and says where', (_, body, expected) => {
    const parsed = parse(body);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(describeManifestProblem(parsed.error)).toContain(expected);
  });

  it.each([
    ['config', MEDIA_TYPES.ociIndex, { config }],
    ['layers', MEDIA_TYPES.ociIndex, { layers: [] }],
    ['config', MEDIA_TYPES.dockerManifestList, { config }],
    ['layers', MEDIA_TYPES.dockerManifestList, { layers: [layer] }],
  ])('refuses an index that is an image too, by its %s (%s)', (field, contentType, extra) => {
    const parsed = parse({ schemaVersion: 2, manifests: [], ...extra }, contentType);
    expect(parsed).toMatchObject({ ok: false, error: { reason: 'field', field } });
  });

  it('leaves null alone where a list is not wanted', () => {
    expect(parse({ schemaVersion: 2, config, layers: [], manifests: null }).ok).toBe(true);
    expect(parse({ schemaVersion: 2, manifests: [], layers: null }, MEDIA_TYPES.ociIndex).ok).toBe(true);
  });

  it.each([
    ['mediaType', { schemaVersion: 2, mediaType: 'a/'.padEnd(1000, 'x'), config, layers: [] }],
    ['artifactType', { schemaVersion: 2, artifactType: 'a/'.padEnd(1000, 'x'), config, layers: [] }],
    ['annotations', { schemaVersion: 2, config, layers: [], annotations: { ['k'.repeat(1000)]: 1 } }],
  ])('refuses what is too long, and does not repeat it: %s', (field, body) => {
    const parsed = parse(body);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(describeManifestProblem(parsed.error)).toMatch(new RegExp(`^${field}`));
    expect(JSON.stringify(parsed.error).length).toBeLessThan(400);
  });

  it('keeps of a platform what a platform may hold', () => {
    const nested: unknown = JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`);
    const platform = { architecture: 'arm64', 'os.features': ['win32k'], nested, variant: null };
    const parsed = parse({ schemaVersion: 2, manifests: [{ ...config, platform }] }, MEDIA_TYPES.ociIndex);
    expect(parsed.ok && parsed.value.children[0]?.platform).toEqual({
      architecture: 'arm64',
      'os.features': ['win32k'],
    });
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(parseManifest(new Uint8Array([0xff, 0xfe]), MEDIA_TYPES.ociManifest)).toEqual({
      ok: false,
      error: { reason: 'not-json' },
    });
  });

  it('never throws, whatever arrives', () => {
    fc.assert(fc.property(fc.json(), fc.string(), (json, type) => void parseManifest(encoder.encode(json), type)));
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseManifest(bytes, MEDIA_TYPES.ociIndex)));
  });
});
