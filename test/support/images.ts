import { type Digest, digestOf } from '#core/digest';
import { MEDIA_TYPES } from '#core/media-types';
import type { Harness } from '#test/support/harness';

export interface Image {
  readonly config: Uint8Array;
  readonly layers: readonly Uint8Array[];
  readonly mediaType: string;
  readonly manifest: Uint8Array;
  readonly digest: Digest;
}

const encoder = new TextEncoder();

export function randomBytes(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  for (let offset = 0; offset < sizeBytes; offset += 65_536) {
    crypto.getRandomValues(bytes.subarray(offset, Math.min(offset + 65_536, sizeBytes)));
  }
  return bytes;
}

export function jsonBytes(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

export function descriptor(bytes: Uint8Array, mediaType: string) {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** A valid OCI image that nobody has pushed before. `extra` adds fields to the manifest. */
export function randomImage({ layers = 1, layerBytes = 100, extra = {} as Record<string, unknown> } = {}): Image {
  const contents = Array.from({ length: layers }, () => randomBytes(layerBytes));
  const config = jsonBytes({ architecture: 'amd64', os: 'linux', nonce: crypto.randomUUID() });
  const manifest = jsonBytes({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    config: descriptor(config, MEDIA_TYPES.ociConfig),
    layers: contents.map((layer) => descriptor(layer, 'application/vnd.oci.image.layer.v1.tar')),
    ...extra,
  });
  return { config, layers: contents, mediaType: MEDIA_TYPES.ociManifest, manifest, digest: digestOf(manifest) };
}

/** Uploads a blob in one request after opening the session. */
export async function pushBlob(harness: Harness, repository: string, bytes: Uint8Array): Promise<Digest> {
  const digest = digestOf(bytes);
  const opened = await harness.asAdmin('POST', `/v2/${repository}/blobs/uploads/`);
  const location = new URL(opened.headers.get('location') ?? '', 'http://registry.test');
  location.searchParams.set('digest', digest);
  const headers = { 'content-length': String(bytes.length) };
  const done = await harness.asAdmin('PUT', location.pathname + location.search, { body: bytes, headers });
  if (done.status !== 201) throw new Error(`blob upload answered ${done.status}: ${await done.text()}`);
  return digest;
}

/** Pushes config and layers, then the manifest under the reference (default: its digest). */
export async function pushImage(
  harness: Harness,
  repository: string,
  image: Image,
  reference: string = image.digest,
): Promise<Response> {
  for (const bytes of [image.config, ...image.layers]) await pushBlob(harness, repository, bytes);
  return putManifest(harness, repository, reference, image.manifest, image.mediaType);
}

export function putManifest(
  harness: Harness,
  repository: string,
  reference: string,
  manifest: Uint8Array,
  mediaType: string,
): Promise<Response> {
  const headers = { 'content-type': mediaType };
  return harness.asAdmin('PUT', `/v2/${repository}/manifests/${reference}`, { body: manifest, headers });
}

/** A repository name of its own for a test. */
export function newRepository(): string {
  return `library/test-${crypto.randomUUID()}`;
}
