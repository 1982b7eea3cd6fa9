import { describe, expect, it } from 'vitest';
import { artifactTypeOf } from '#domain/artifacts/artifact-type';
import { REAL_MANIFESTS, type RealManifest, realManifest } from '#test/support/manifests';

const TYPES: Readonly<Record<RealManifest, string>> = {
  docker: 'IMAGE',
  oci: 'IMAGE',
  dockerList: 'IMAGE',
  ociIndex: 'IMAGE',
  helm: 'CHART',
  cosignByTag: 'IMAGE',
  cosignBySubject: 'UNKNOWN',
  sigstoreBundle: 'UNKNOWN',
  notation: 'UNKNOWN',
  notationByConfig: 'UNKNOWN',
  nydus: 'IMAGE',
  harborSbom: 'SBOM',
  otherReferrer: 'UNKNOWN',
  imageWithSubject: 'IMAGE',
  indexWithSubject: 'UNKNOWN',
  wasmModule: 'WASM',
  wasmVariant: 'WASM',
  wasmHandler: 'WASM',
  cnab: 'CNAB',
  model: 'CNAI',
  ownType: 'MODEL',
  oras: 'UNKNOWN',
  orasWithType: 'UNKNOWN',
};

describe('artifactTypeOf', () => {
  it.each(Object.entries(TYPES) as [RealManifest, string][])('calls the manifest %s %s', (name, type) => {
    expect(artifactTypeOf(realManifest(name))).toBe(type);
  });

  it('knows every manifest of the fixture', () => {
    expect(Object.keys(TYPES)).toEqual(Object.keys(REAL_MANIFESTS));
  });

  it('takes the name out of the config of an image that says it is something of its own', () => {
    expect(artifactTypeOf({ ...realManifest('oci'), artifactType: 'application/vnd.example' })).toBe('IMAGE');
  });

  it('does not call an index WebAssembly for what its annotations say', () => {
    const annotations = { 'run.oci.handler': 'wasm' };
    expect(artifactTypeOf({ ...realManifest('ociIndex'), annotations })).toBe('IMAGE');
  });
});
