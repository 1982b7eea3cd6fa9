import { createHash } from 'node:crypto';
import { SyntheticBlob } from '#scripts/bench/client/synthetic-blob';

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/** An image of random layers; its config is as random, for only its size matters here. */
export interface SyntheticImage {
  /** The layers, then the config. */
  readonly blobs: readonly SyntheticBlob[];
  readonly manifest: Buffer;
  readonly manifestDigest: string;
}

export interface ImageShape {
  readonly layers: number;
  readonly layerBytes: number;
  readonly configBytes: number;
}

export function syntheticImage({ layers, layerBytes, configBytes }: ImageShape): SyntheticImage {
  const layerBlobs = Array.from({ length: layers }, () => new SyntheticBlob(layerBytes));
  const config = new SyntheticBlob(configBytes);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: descriptor(config, 'application/vnd.oci.image.config.v1+json'),
      layers: layerBlobs.map((layer) => descriptor(layer, 'application/vnd.oci.image.layer.v1.tar')),
    }),
  );
  return {
    blobs: [...layerBlobs, config],
    manifest,
    manifestDigest: `sha256:${createHash('sha256').update(manifest).digest('hex')}`,
  };
}

function descriptor(blob: SyntheticBlob, mediaType: string) {
  return { mediaType, digest: blob.digest, size: blob.sizeBytes };
}
