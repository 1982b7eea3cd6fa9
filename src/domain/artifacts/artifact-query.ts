import { AppError } from '#core/errors';
import { type ListingFilter, parseListingFilter } from '#core/listing-filter';

const TEXT = { of: 'text', by: ['exact', 'fuzzy', 'any-of'] } as const;
const INTEGER = { of: 'integer', by: ['exact', 'range', 'any-of'] } as const;
const TIME = { of: 'time', by: ['exact', 'range'] } as const;

/** Keys a `q=` of artifacts may have (`harbor:src/pkg/artifact/dao/dao.go` and its model). */
const ARTIFACT_KEYS = {
  /** `*`: the children of indexes too. */
  base: { of: 'text', by: ['exact'] },
  /** `*`: tagged ones; `nil`: those without; else the name of a tag, or a part of one. */
  tags: { of: 'text', by: ['exact', 'fuzzy'] },
  /** Ids of labels, all of which an artifact has. */
  labels: { of: 'integer', by: ['all-of'] },
  id: INTEGER,
  digest: TEXT,
  type: TEXT,
  media_type: TEXT,
  manifest_media_type: TEXT,
  artifact_type: TEXT,
  size: INTEGER,
  push_time: TIME,
  pull_time: TIME,
} as const;

export type ArtifactFilter = ListingFilter<typeof ARTIFACT_KEYS>;

export const ARTIFACT_ORDERS = [
  'push_time',
  'pull_time',
  'id',
  'digest',
  'size',
  'type',
  'media_type',
  'manifest_media_type',
  'artifact_type',
] as const;

export type ArtifactOrder = (typeof ARTIFACT_ORDERS)[number];

/** Keys a `q=` of accessories may have. */
export const ACCESSORY_KEYS = {
  id: INTEGER,
  artifact_id: INTEGER,
  digest: TEXT,
  type: TEXT,
  size: INTEGER,
  creation_time: TIME,
} as const;

export type AccessoryFilter = ListingFilter<typeof ACCESSORY_KEYS>;

export const ACCESSORY_ORDERS = ['id', 'artifact_id', 'digest', 'type', 'size', 'creation_time'] as const;

export type AccessoryOrder = (typeof ACCESSORY_ORDERS)[number];

/** Reads the `q=` of artifacts; BAD_REQUEST for a `base` other than `*`, and as {@link parseListingFilter} says. */
export function parseArtifactFilter(q: string | undefined): ArtifactFilter {
  const filter = parseListingFilter(q, ARTIFACT_KEYS);
  if (filter.base && filter.base.value !== '*') {
    throw new AppError('BAD_REQUEST', { message: 'the value of "base" query can only be exact match value with "*"' });
  }
  return filter;
}
