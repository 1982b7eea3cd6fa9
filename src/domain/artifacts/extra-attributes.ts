import type { Manifest } from '#core/manifest';
import { isIndexMediaType } from '#core/media-types';
import { ARTIFACT_MEDIA_TYPES, isAnnotatedWasm } from '#domain/artifacts/artifact-type';
import { imageAttributes } from '#domain/artifacts/image-config';

/** What Harbor calls `extra_attrs`: a JSON object whose keys depend on the type of the artifact. */
export type ExtraAttributes = Readonly<Record<string, unknown>>;

const SKIP_LIST = 'io.goharbor.artifact.v1alpha1.skip-list';
const TITLE = 'org.opencontainers.image.title';

/** They are kept in a row beside annotations that may be 600,000 characters, and a page shows a hundred of them. */
const MAX_LENGTH = 50_000;

/** Whether the attributes of such an artifact come from its config. */
export function needsConfig(type: string, manifest: Manifest): boolean {
  if (isIndexMediaType(manifest.mediaType) || !manifest.config?.size) return false;
  return type === 'WASM' ? isAnnotatedWasm(manifest) : type !== 'UNKNOWN';
}

/**
 * What the processors of Harbor tell of an artifact (`harbor:src/controller/artifact/processor`). `config` is the JSON
 * object in its config blob; undefined when that is none, or was not read. Of attributes that are too long together
 * the longest are left out.
 */
export function extraAttributesOf(
  type: string,
  manifest: Manifest,
  config: Readonly<Record<string, unknown>> | undefined,
): ExtraAttributes | undefined {
  const attributes =
    type === 'WASM' ? wasmAttributes(manifest, config) : config && configAttributes(type, manifest, config);
  return attributes && Object.keys(attributes).length > 0 ? fitting(attributes) : undefined;
}

function configAttributes(
  type: string,
  manifest: Manifest,
  config: Readonly<Record<string, unknown>>,
): ExtraAttributes {
  if (type === 'IMAGE') return imageAttributes(config);
  const skipped = new Set(manifest.config?.annotations?.[SKIP_LIST]?.split(','));
  return Object.fromEntries(Object.entries(config).filter(([key]) => !skipped.has(key)));
}

/** A module in an image, or one with a layer of its own (`harbor:src/controller/artifact/processor/wasm/wasm.go`). */
function wasmAttributes(
  manifest: Manifest,
  config: Readonly<Record<string, unknown>> | undefined,
): ExtraAttributes | undefined {
  if (isAnnotatedWasm(manifest)) {
    return config && { 'manifest.config.mediaType': manifest.config?.mediaType, ...imageAttributes(config) };
  }
  const [layer] = manifest.layers;
  return {
    'manifest.config.mediaType': ARTIFACT_MEDIA_TYPES.wasmConfig,
    ...(layer && { 'manifest.layers.mediaType': layer.mediaType, [TITLE]: layer.annotations?.[TITLE] ?? '' }),
  };
}

function fitting(attributes: ExtraAttributes): ExtraAttributes | undefined {
  const lengths = Object.entries(attributes)
    .map(([key, value]) => ({ key, length: JSON.stringify({ [key]: value }).length }))
    .sort((a, b) => a.length - b.length);
  const kept = new Set<string>();
  let total = 0;
  for (const { key, length } of lengths) {
    total += length;
    if (total <= MAX_LENGTH) kept.add(key);
  }
  return kept.size > 0 ? Object.fromEntries(Object.entries(attributes).filter(([key]) => kept.has(key))) : undefined;
}
