import { type Digest, digestOf } from '#core/digest';
import { MEDIA_TYPES } from '#core/media-types';
import { parseRepositoryName, parseTag, type RepositoryName, type TagName } from '#core/reference';
import { descriptor, jsonBytes } from '#test/support/images';

/** A manifest and what it needs, by index. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly digest: Digest;
  /** Of {@link BLOBS}. */
  readonly blobs: readonly number[];
  /** Of {@link CONTENTS}. */
  readonly children: readonly number[];
}

/** Small, so that histories meet: a config, and layers that images share. */
export const BLOBS: readonly Uint8Array[] = [
  jsonBytes({ architecture: 'amd64', os: 'linux' }),
  ...['one', 'two', 'three'].map((name) => new TextEncoder().encode(`layer ${name}`)),
];
export const BLOB_DIGESTS: readonly Digest[] = BLOBS.map((bytes) => digestOf(bytes));

function image(...layers: readonly number[]): Content {
  const [config, ...rest] = [0, ...layers].map((index) => at(BLOBS, index));
  const bytes = jsonBytes({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    config: descriptor(config ?? new Uint8Array(0), MEDIA_TYPES.ociConfig),
    layers: rest.map((layer) => descriptor(layer, 'application/vnd.oci.image.layer.v1.tar')),
  });
  return { bytes, mediaType: MEDIA_TYPES.ociManifest, digest: digestOf(bytes), blobs: [0, ...layers], children: [] };
}

const IMAGES = [image(1), image(1, 2), image(3)];

function index(...children: readonly number[]): Content {
  const manifests = children.map((child) => descriptor(at(IMAGES, child).bytes, MEDIA_TYPES.ociManifest));
  const bytes = jsonBytes({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests });
  return { bytes, mediaType: MEDIA_TYPES.ociIndex, digest: digestOf(bytes), blobs: [], children };
}

export const CONTENTS: readonly Content[] = [...IMAGES, index(0, 1), index(1)];
export const PROJECTS = ['model-a', 'model-b'] as const;
export const REPOSITORIES: readonly { readonly project: number; readonly name: RepositoryName }[] = [
  { project: 0, name: repositoryName('model-a/app') },
  { project: 0, name: repositoryName('model-a/lib') },
  { project: 1, name: repositoryName('model-b/app') },
];
export const TAGS: readonly TagName[] = ['t0', 't1'].map((name) => {
  const tag = parseTag(name);
  if (!tag) throw new Error(`${name} is no tag`);
  return tag;
});

function repositoryName(text: string): RepositoryName {
  const parsed = parseRepositoryName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

export function at<T>(items: readonly T[], position: number): T {
  const item = items[position];
  if (item === undefined) throw new RangeError(`there is no item ${position}`);
  return item;
}
