import { describe, expect, it } from 'vitest';
import { artifactTypeOf } from '#domain/artifacts/artifact-type';
import { extraAttributesOf, needsConfig } from '#domain/artifacts/extra-attributes';
import { buildHistory } from '#domain/artifacts/image-config';
import { type RealManifest, realManifest } from '#test/support/manifests';

const attributesOf = (name: RealManifest, config?: Record<string, unknown>) => {
  const manifest = realManifest(name);
  return extraAttributesOf(artifactTypeOf(manifest), manifest, config);
};

const IMAGE_CONFIG = {
  created: '2024-05-06T07:08:09.123456789Z',
  architecture: 'arm64',
  os: 'linux',
  config: {
    Hostname: 'dropped',
    Env: ['PATH=/bin'],
    Cmd: ['sh'],
    Entrypoint: null,
    WorkingDir: '',
    ExposedPorts: { '80/tcp': {} },
    Labels: { maintainer: 'somebody' },
  },
  rootfs: { type: 'layers', diff_ids: [] },
  history: [{ created: '2024-05-06T07:08:09Z', created_by: 'CMD ["sh"]', empty_layer: true }, { created_by: 'COPY' }],
};

describe('extraAttributesOf', () => {
  it.each<RealManifest>(['docker', 'oci'])('tells what the config of the image %s says', (name) => {
    expect(attributesOf(name, IMAGE_CONFIG)).toEqual({
      created: '2024-05-06T07:08:09.123456789Z',
      architecture: 'arm64',
      os: 'linux',
      author: 'somebody',
      config: {
        Env: ['PATH=/bin'],
        Cmd: ['sh'],
        ExposedPorts: { '80/tcp': {} },
        Labels: { maintainer: 'somebody' },
      },
    });
  });

  it.each([
    [{ author: 'a' }, 'a'],
    [{ config: { Labels: { 'org.opencontainers.image.authors': 'b', maintainer: 'c' } } }, 'b'],
    [{}, ''],
  ])('finds the author of the config %j', (config, author) => {
    expect(attributesOf('oci', config)).toMatchObject({ author });
  });

  it('leaves out what is not as it should be, and tells the rest', () => {
    const config = { created: 'yesterday', architecture: 7, os: 'linux', config: { Env: 'x', Cmd: ['sh'] } };
    expect(attributesOf('oci', config)).toEqual({
      created: null,
      architecture: '',
      os: 'linux',
      author: '',
      config: { Cmd: ['sh'] },
    });
  });

  it('tells all of Chart.yaml', () => {
    const chart = { apiVersion: 'v2', name: 'app', version: '1.0.0', appVersion: '7' };
    expect(attributesOf('helm', chart)).toEqual(chart);
  });

  it('leaves out what the config of another type lists to be skipped', () => {
    expect(attributesOf('ownType', { framework: 'x', metrics: [1], git: {} })).toEqual({ framework: 'x' });
  });

  it('tells the config of a model', () => {
    expect(attributesOf('model', { descriptor: { name: 'm' } })).toEqual({ descriptor: { name: 'm' } });
  });

  it('tells of a WebAssembly module what its layer says', () => {
    expect(attributesOf('wasmModule')).toEqual({
      'manifest.config.mediaType': 'application/vnd.wasm.config.v1+json',
      'manifest.layers.mediaType': 'application/vnd.wasm.content.layer.v1+wasm',
      'org.opencontainers.image.title': 'hello.wasm',
    });
  });

  it('tells of WebAssembly in an image what its config says', () => {
    expect(attributesOf('wasmVariant', IMAGE_CONFIG)).toMatchObject({
      'manifest.config.mediaType': 'application/vnd.oci.image.config.v1+json',
      os: 'linux',
    });
  });

  it('tells nothing without a config', () => {
    expect(attributesOf('oci')).toBeUndefined();
    expect(attributesOf('helm')).toBeUndefined();
  });

  it('leaves the longest out when they are too long together', () => {
    const config = { ...IMAGE_CONFIG, config: { Env: ['x'.repeat(60_000)] } };
    const attributes = attributesOf('oci', config);
    expect(Object.keys(attributes ?? {})).toEqual(['created', 'architecture', 'os', 'author']);
  });
});

describe('needsConfig', () => {
  it.each<[RealManifest, boolean]>([
    ['oci', true],
    ['helm', true],
    ['model', true],
    ['ownType', true],
    ['wasmVariant', true],
    ['wasmModule', false],
    ['ociIndex', false],
    ['cnab', false],
    ['oras', false],
  ])('says of %s: %s', (name, isNeeded) => {
    const manifest = realManifest(name);
    expect(needsConfig(artifactTypeOf(manifest), manifest)).toBe(isNeeded);
  });
});

describe('buildHistory', () => {
  it('tells each step without what is empty', () => {
    expect(buildHistory(IMAGE_CONFIG)).toEqual(IMAGE_CONFIG.history);
  });

  it.each([{}, { history: null }, { history: 'x' }])('is empty for %j', (config) => {
    expect(buildHistory(config)).toEqual([]);
  });
});
