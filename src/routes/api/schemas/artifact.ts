import { z } from '@hono/zod-openapi';
import type { Artifact } from '#domain/artifacts/artifact';
import { artifactTypeOf } from '#domain/artifacts/artifact-type';
import { toTimestamp } from '#routes/api/schemas/common';
import { tagSchema, toTagDto } from '#routes/api/schemas/tag';

const annotationsSchema = z.record(z.string(), z.string());

const referenceSchema = z
  .object({
    parent_id: z.int(),
    child_id: z.int().optional(),
    child_digest: z.string(),
    platform: z.record(z.string(), z.unknown()).optional(),
    annotations: annotationsSchema.optional(),
  })
  .openapi('Reference');

export const artifactSchema = z
  .object({
    id: z.int(),
    type: z.string(),
    media_type: z.string().optional(),
    manifest_media_type: z.string(),
    artifact_type: z.string().optional(),
    project_id: z.int(),
    repository_id: z.int(),
    repository_name: z.string(),
    digest: z.string(),
    size: z.int(),
    push_time: z.iso.datetime(),
    pull_time: z.iso.datetime(),
    annotations: annotationsSchema.optional(),
    references: z.array(referenceSchema).nullable(),
    tags: z.array(tagSchema).nullable(),
    labels: z.null(),
    accessories: z.null(),
  })
  .openapi('Artifact');

/** Harbor sends null for a list without entries, and for one that was not asked for. */
export function toArtifactDto(artifact: Artifact, { withTags }: { withTags: boolean }): z.infer<typeof artifactSchema> {
  const artifactType = artifact.artifactType ?? artifact.configMediaType;
  return {
    id: artifact.id,
    type: artifactTypeOf(artifact),
    ...(artifact.configMediaType !== undefined && { media_type: artifact.configMediaType }),
    manifest_media_type: artifact.manifestMediaType,
    ...(artifactType !== undefined && { artifact_type: artifactType }),
    project_id: artifact.projectId,
    repository_id: artifact.repositoryId,
    repository_name: artifact.repository,
    digest: artifact.digest,
    size: artifact.sizeBytes,
    push_time: toTimestamp(artifact.pushedAtMs),
    pull_time: toTimestamp(artifact.pulledAtMs),
    ...(artifact.annotations && { annotations: { ...artifact.annotations } }),
    references: nullIfEmpty(referencesOf(artifact)),
    tags: withTags
      ? nullIfEmpty(artifact.tags.map((tag) => toTagDto(tag, { repositoryId: artifact.repositoryId, artifactId: artifact.id })))
      : null,
    labels: null,
    accessories: null,
  };
}

function nullIfEmpty<T>(items: T[]): T[] | null {
  return items.length > 0 ? items : null;
}

function referencesOf(artifact: Artifact): z.infer<typeof referenceSchema>[] {
  return artifact.references.map((reference) => ({
    parent_id: artifact.id,
    ...(reference.childId !== undefined && { child_id: reference.childId }),
    child_digest: reference.childDigest,
    ...(reference.platform && { platform: { ...reference.platform } }),
    ...(reference.annotations && { annotations: { ...reference.annotations } }),
  }));
}
