import { type Digest, digestOf } from '#core/digest';
import { type Manifest, parseManifest } from '#core/manifest';
import { MEDIA_TYPES } from '#core/media-types';

const digest = (name: string): Digest => digestOf(new TextEncoder().encode(name));

/** A descriptor of a content that nobody has; each name has a digest of its own. */
export function pointer(mediaType: string, annotations?: Record<string, string>, name = mediaType) {
  return { mediaType, digest: digest(name), size: 32, ...(annotations && { annotations }) };
}

const EMPTY = pointer('application/vnd.oci.empty.v1+json');
const LAYER = pointer('application/vnd.oci.image.layer.v1.tar+gzip');
export const SUBJECT = pointer(MEDIA_TYPES.ociManifest, undefined, 'subject');

const manifestOf = (fields: object) => ({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociManifest, ...fields });
const indexOf = (fields: object) => ({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: [], ...fields });

/** Manifests as the tools push them, without what nobody looks at. */
export const REAL_MANIFESTS = {
  docker: {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.dockerManifest,
    config: pointer(MEDIA_TYPES.dockerConfig),
    layers: [pointer('application/vnd.docker.image.rootfs.diff.tar.gzip')],
  },
  oci: manifestOf({ config: pointer(MEDIA_TYPES.ociConfig), layers: [LAYER] }),
  dockerList: { schemaVersion: 2, mediaType: MEDIA_TYPES.dockerManifestList, manifests: [SUBJECT] },
  ociIndex: indexOf({ manifests: [SUBJECT] }),
  helm: manifestOf({
    config: pointer('application/vnd.cncf.helm.config.v1+json'),
    layers: [pointer('application/vnd.cncf.helm.chart.content.v1.tar+gzip')],
  }),
  cosignByTag: manifestOf({
    config: pointer(MEDIA_TYPES.ociConfig),
    layers: [
      pointer('application/vnd.dev.cosign.simplesigning.v1+json', { 'dev.cosignproject.cosign/signature': 'MEUCIQ==' }),
    ],
  }),
  cosignBySubject: manifestOf({
    config: pointer('application/vnd.dev.cosign.artifact.sig.v1+json'),
    layers: [pointer('application/vnd.dev.cosign.simplesigning.v1+json')],
    subject: SUBJECT,
  }),
  sigstoreBundle: manifestOf({
    artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    config: EMPTY,
    layers: [pointer('application/vnd.dev.sigstore.bundle.v0.3+json')],
    subject: SUBJECT,
  }),
  notation: manifestOf({
    artifactType: 'application/vnd.cncf.notary.signature',
    config: EMPTY,
    layers: [pointer('application/jose+json')],
    subject: SUBJECT,
    annotations: { 'io.cncf.notary.x509chain.thumbprint#S256': '[]' },
  }),
  notationByConfig: manifestOf({
    config: pointer('application/vnd.cncf.notary.signature'),
    layers: [pointer('application/cose')],
    subject: SUBJECT,
  }),
  nydus: manifestOf({
    config: pointer(MEDIA_TYPES.ociConfig),
    layers: [
      pointer('application/vnd.oci.image.layer.nydus.blob.v1', { 'containerd.io/snapshot/nydus-blob': 'true' }),
      pointer(LAYER.mediaType, { 'containerd.io/snapshot/nydus-bootstrap': 'true' }),
    ],
    subject: SUBJECT,
  }),
  harborSbom: manifestOf({
    artifactType: 'application/vnd.goharbor.harbor.sbom.v1',
    config: EMPTY,
    layers: [pointer('application/vnd.goharbor.harbor.sbom.v1')],
    subject: SUBJECT,
  }),
  otherReferrer: manifestOf({
    artifactType: 'application/spdx+json',
    config: EMPTY,
    layers: [EMPTY],
    subject: SUBJECT,
  }),
  imageWithSubject: manifestOf({ config: pointer(MEDIA_TYPES.ociConfig), layers: [LAYER], subject: SUBJECT }),
  indexWithSubject: indexOf({ artifactType: 'application/vnd.example', subject: SUBJECT }),
  wasmModule: manifestOf({
    config: pointer('application/vnd.wasm.config.v1+json'),
    layers: [pointer('application/vnd.wasm.content.layer.v1+wasm', { 'org.opencontainers.image.title': 'hello.wasm' })],
  }),
  wasmVariant: manifestOf({
    config: pointer(MEDIA_TYPES.ociConfig),
    layers: [LAYER],
    annotations: { 'module.wasm.image/variant': 'compat' },
  }),
  wasmHandler: manifestOf({
    config: pointer(MEDIA_TYPES.ociConfig),
    layers: [LAYER],
    annotations: { 'run.oci.handler': 'wasm' },
  }),
  cnab: indexOf({
    manifests: [pointer(MEDIA_TYPES.ociManifest, { 'io.cnab.manifest.type': 'config' })],
    annotations: { 'org.opencontainers.artifactType': 'application/vnd.cnab.manifest.v1' },
  }),
  model: manifestOf({
    artifactType: 'application/vnd.cncf.model.manifest.v1+json',
    config: pointer('application/vnd.cncf.model.config.v1+json'),
    layers: [
      pointer('application/vnd.cncf.model.weight.v1.raw', { 'org.cncf.model.filepath': 'weights/model.safetensors' }),
    ],
  }),
  ownType: manifestOf({
    config: pointer('application/vnd.caicloud.model.config.v1alpha1+json', {
      'io.goharbor.artifact.v1alpha1.skip-list': 'metrics,git',
    }),
    layers: [pointer('image/png', { 'io.goharbor.artifact.v1alpha1.icon': '' }), LAYER],
  }),
  oras: manifestOf({ config: pointer('application/vnd.unknown.config.v1+json'), layers: [pointer('text/plain')] }),
  orasWithType: manifestOf({
    artifactType: 'application/vnd.example.notes',
    config: EMPTY,
    layers: [pointer('text/plain')],
  }),
} as const;

export type RealManifest = keyof typeof REAL_MANIFESTS;

/** One of them as the registry reads it. */
export function realManifest(name: RealManifest): Manifest {
  const body = REAL_MANIFESTS[name];
  const parsed = parseManifest(new TextEncoder().encode(JSON.stringify(body)), body.mediaType);
  if (!parsed.ok) throw new Error(`the manifest of ${name} is none: ${JSON.stringify(parsed.error)}`);
  return parsed.value;
}
