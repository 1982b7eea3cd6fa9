import { z } from 'zod';
import type { Digest } from '#core/digest';
import type { Descriptor, Manifest } from '#core/manifest';
import { MEDIA_TYPES } from '#core/media-types';
import type { RepositoryName, TagName } from '#core/reference';
import { accessoryOf } from '#domain/artifacts/accessory';
import type { ArtifactFacts } from '#domain/artifacts/artifact-facts';
import { artifactTypeOf } from '#domain/artifacts/artifact-type';
import { extraAttributesOf, needsConfig } from '#domain/artifacts/extra-attributes';
import type { BlobService } from '#domain/blobs/blob-service';
import { iconMediaType, MAX_ICON_BYTES, SIGNATURE_BYTES } from '#domain/icons/icon-image';

/** Configs larger than this are not read, in bytes: 4 MiB. */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

const ICON = 'io.goharbor.artifact.v1alpha1.icon';
/** Types that have an icon of their own; others may bring one. */
const TYPES_WITH_ICON: ReadonlySet<string> = new Set(['IMAGE', 'CHART', 'CNAB', 'WASM', 'CNAI', 'SBOM']);
const MANIFESTS_WITH_ICON: ReadonlySet<string> = new Set([MEDIA_TYPES.ociManifest, MEDIA_TYPES.dockerManifest]);

const jsonObject = z.record(z.string(), z.unknown());

/** A manifest about to be stored, and the digest of its bytes. */
interface StoredContent {
  readonly manifest: Manifest;
  readonly digest: Digest;
}

export interface ArtifactFactsServiceDeps {
  readonly blobs: Pick<BlobService, 'stat' | 'read'>;
}

/** Tells what a manifest is, by itself and by the config it names. */
export class ArtifactFactsService {
  readonly #blobs: ArtifactFactsServiceDeps['blobs'];

  constructor({ blobs }: ArtifactFactsServiceDeps) {
    this.#blobs = blobs;
  }

  /**
   * The facts of a manifest about to be stored. Reads one object, or two of a type that brings its icon. Never rejects:
   * a blob that is missing, too large or broken has nothing to tell, and whether it may be so is not decided here.
   */
  async read(repository: RepositoryName, artifact: StoredContent, tags: readonly TagName[]): Promise<ArtifactFacts> {
    const { manifest } = artifact;
    const type = artifactTypeOf(manifest);
    const icon = iconLayerOf(type, manifest);
    const [config, isIcon] = await Promise.all([
      needsConfig(type, manifest) ? this.readConfig(repository, manifest).catch(() => undefined) : undefined,
      icon ? this.#isIcon(repository, icon).catch(() => false) : false,
    ]);
    return {
      type,
      extraAttributes: extraAttributesOf(type, manifest, config),
      iconDigest: isIcon ? icon?.digest : undefined,
      accessory: accessoryOf(artifact, tags),
    };
  }

  /** The JSON object in a manifest's config; undefined when there is none, or it is too large or no such thing. */
  async readConfig(repository: RepositoryName, { config }: Manifest): Promise<Record<string, unknown> | undefined> {
    if (!config || config.size > MAX_CONFIG_BYTES) return undefined;
    const blob = await this.#blobs.stat(repository, config.digest);
    if (blob.sizeBytes > MAX_CONFIG_BYTES) return undefined;
    const body = await this.#blobs.read(repository, blob);
    return parseObject(await new Response(body).text());
  }

  async #isIcon(repository: RepositoryName, { digest }: Descriptor): Promise<boolean> {
    const blob = await this.#blobs.stat(repository, digest);
    if (blob.sizeBytes > MAX_ICON_BYTES) return false;
    const body = await this.#blobs.read(repository, blob, { first: 0, last: SIGNATURE_BYTES - 1 });
    return iconMediaType(await new Response(body).bytes()) !== undefined;
  }
}

function iconLayerOf(type: string, manifest: Manifest): Descriptor | undefined {
  if (TYPES_WITH_ICON.has(type) || !MANIFESTS_WITH_ICON.has(manifest.mediaType)) return undefined;
  const layer = manifest.layers.find(({ annotations }) => annotations?.[ICON] !== undefined);
  return layer && layer.size <= MAX_ICON_BYTES && layer.size >= SIGNATURE_BYTES ? layer : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed = jsonObject.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
