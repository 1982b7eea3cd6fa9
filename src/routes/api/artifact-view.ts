import { z } from '@hono/zod-openapi';
import { parseSort, toOffsetPage } from '#core/api-query';
import type { ArtifactParts } from '#domain/artifacts/artifact';
import { ARTIFACT_ORDERS, parseArtifactFilter } from '#domain/artifacts/artifact-query';
import type { ArtifactListing } from '#domain/artifacts/artifact-store';
import { flagSchema, pageQuerySchema } from '#routes/api/schemas/common';

/** What shall be told of artifacts. Nothing is scanned yet, which is what they say, asked or not. */
export const viewQuery = z.object({
  with_tag: flagSchema.optional(),
  with_label: flagSchema.optional(),
  with_accessory: flagSchema.optional(),
  with_inherited_accessory: flagSchema.optional(),
  with_scan_overview: flagSchema.optional(),
  with_sbom_overview: flagSchema.optional(),
  with_immutable_status: flagSchema.optional(),
});

/** Kinds of reports the client takes, the best first. */
export const reportHeaders = z.object({ 'x-accept-vulnerabilities': z.string().optional() });

export const artifactListQuery = pageQuerySchema.extend(viewQuery.shape);

/** Tags are shown unless they are not wanted, the rest when it is. */
export function partsOf(query: z.output<typeof viewQuery>): ArtifactParts {
  return {
    tags: query.with_tag ?? true,
    labels: query.with_label ?? false,
    accessories: query.with_accessory ?? false,
    inheritedAccessories: query.with_inherited_accessory ?? false,
  };
}

/** What a list of artifacts is asked for, newest first unless it says otherwise. */
export function listingOf(query: z.output<typeof artifactListQuery>): Omit<ArtifactListing, 'scope'> {
  const { key, isDescending } = parseSort(query.sort, ARTIFACT_ORDERS, { key: 'push_time', isDescending: true });
  const page = toOffsetPage({ page: query.page, pageSize: query.page_size });
  return {
    filter: parseArtifactFilter(query.q),
    page: { ...page, orderBy: key, isDescending },
    parts: partsOf(query),
  };
}
