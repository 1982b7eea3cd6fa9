import { z } from '@hono/zod-openapi';
import { projectOf, withinProject } from '#core/reference';
import { additionsOf } from '#domain/artifacts/addition';
import type { Artifact } from '#domain/artifacts/artifact';
import { iconOfType } from '#domain/icons/fixed-icon';
import type { TagStatus } from '#domain/immutability/immutability-service';
import { accessorySchema, toAccessoryDto } from '#routes/api/schemas/accessory';
import { annotationsSchema, referenceSchema, toReferenceDto } from '#routes/api/schemas/artifact-reference';
import { toTimestamp } from '#routes/api/schemas/common';
import { labelSchema, toLabelDto } from '#routes/api/schemas/label';
import { tagSchema, toTagDto } from '#routes/api/schemas/tag';

const additionLinkSchema = z.object({ absolute: z.boolean(), href: z.string() }).openapi('AdditionLink');

export const artifactSchema = z
  .object({
    id: z.int(),
    type: z.string(),
    media_type: z.string(),
    manifest_media_type: z.string(),
    artifact_type: z.string().optional(),
    project_id: z.int(),
    repository_id: z.int(),
    repository_name: z.string(),
    digest: z.string(),
    size: z.int(),
    icon: z.string(),
    push_time: z.iso.datetime(),
    pull_time: z.iso.datetime(),
    extra_attrs: z.record(z.string(), z.unknown()).optional(),
    annotations: annotationsSchema.optional(),
    addition_links: z.record(z.string(), additionLinkSchema).optional(),
    references: z.array(referenceSchema).nullable(),
    tags: z.array(tagSchema).nullable(),
    labels: z.array(labelSchema).nullable(),
    accessories: z.array(accessorySchema).nullable(),
    inherited_accessories: z.array(accessorySchema).optional(),
  })
  .openapi('Artifact');

/** Harbor sends null for a list without entries, and for one that was not asked for. */
export function toArtifactDto(artifact: Artifact, isImmutable: TagStatus): z.infer<typeof artifactSchema> {
  const place = { repositoryId: artifact.repositoryId, artifactId: artifact.id };
  const links = additionLinks(artifact);
  return {
    id: artifact.id,
    type: artifact.type,
    media_type: artifact.mediaType,
    manifest_media_type: artifact.manifestMediaType,
    ...(artifact.artifactType !== undefined && { artifact_type: artifact.artifactType }),
    project_id: artifact.projectId,
    repository_id: artifact.repositoryId,
    repository_name: artifact.repository,
    digest: artifact.digest,
    size: artifact.sizeBytes,
    icon: artifact.iconDigest ?? iconOfType(artifact.type),
    push_time: toTimestamp(artifact.pushedAtMs),
    pull_time: toTimestamp(artifact.pulledAtMs),
    ...(artifact.extraAttributes && { extra_attrs: { ...artifact.extraAttributes } }),
    ...(artifact.annotations && { annotations: { ...artifact.annotations } }),
    ...(Object.keys(links).length > 0 && { addition_links: links }),
    references: nullIfEmpty(artifact.references.map((reference) => toReferenceDto(artifact, reference))),
    tags: nullIfEmpty(artifact.tags.map((tag) => toTagDto(tag, place, isImmutable(artifact.repository, tag.name)))),
    labels: nullIfEmpty(artifact.labels.map(toLabelDto)),
    accessories: nullIfEmpty(artifact.accessories.map(toAccessoryDto)),
    ...(artifact.inheritedAccessories.length > 0 && {
      inherited_accessories: artifact.inheritedAccessories.map(toAccessoryDto),
    }),
  };
}

/** Where the additions of an artifact are; slashes in the name of its repository are encoded twice. */
function additionLinks(artifact: Artifact): Record<string, z.infer<typeof additionLinkSchema>> {
  const [project, repository] = [projectOf(artifact.repository), withinProject(artifact.repository)];
  const base = `/api/v2.0/projects/${project}/repositories/${repository.replaceAll('/', '%252F')}/artifacts/${artifact.digest}`;
  return Object.fromEntries(
    additionsOf(artifact).map((addition) => [addition, { absolute: false, href: `${base}/additions/${addition}` }]),
  );
}

function nullIfEmpty<T>(items: T[]): T[] | null {
  return items.length > 0 ? items : null;
}
