import { type Digest, digestOf } from '#core/digest';
import { MEDIA_TYPES } from '#core/media-types';
import type { Harness } from '#test/support/harness';
import { descriptor, jsonBytes, pushBlob, putManifest } from '#test/support/images';

export interface Part {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface NewArtifact {
  readonly config?: Part;
  readonly layers?: readonly Part[];
  /** Further fields of the manifest. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** The digest, where none is given. */
  readonly tag?: string;
}

export interface PushedArtifact {
  readonly digest: Digest;
  readonly manifest: Uint8Array;
}

const EMPTY: Part = { bytes: jsonBytes({}), mediaType: MEDIA_TYPES.ociEmpty };

/** Pushes an OCI manifest with its config and layers; every one is another, unless its fields say so. */
export async function pushArtifact(
  harness: Harness,
  repository: string,
  { config = EMPTY, layers = [], fields = {}, tag }: NewArtifact,
): Promise<PushedArtifact> {
  for (const { bytes } of [config, ...layers]) await pushBlob(harness, repository, bytes);
  const manifest = jsonBytes({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    config: describe(config),
    layers: layers.map(describe),
    annotations: { nonce: crypto.randomUUID() },
    ...fields,
  });
  const digest = digestOf(manifest);
  const response = await putManifest(harness, repository, tag ?? digest, manifest, MEDIA_TYPES.ociManifest);
  if (response.status !== 201) throw new Error(`the push answered ${response.status}: ${await response.text()}`);
  return { digest, manifest };
}

export function subjectOf({ manifest }: PushedArtifact) {
  return { subject: descriptor(manifest, MEDIA_TYPES.ociManifest) };
}

function describe({ bytes, mediaType, annotations }: Part) {
  return { ...descriptor(bytes, mediaType), ...(annotations && { annotations }) };
}
