import { z } from '@hono/zod-openapi';
import type { ArtifactTag } from '#domain/artifacts/artifact';
import { toTimestamp } from '#routes/api/schemas/common';

export const tagSchema = z
  .object({
    id: z.int(),
    repository_id: z.int(),
    artifact_id: z.int(),
    name: z.string(),
    push_time: z.iso.datetime(),
    pull_time: z.iso.datetime(),
    immutable: z.boolean(),
  })
  .openapi('Tag');

/** Clients send whole tags; the name is what counts. */
export const newTagSchema = z.object({ name: z.string().min(1, 'is required') }).openapi('NewTag');

export function toTagDto(
  tag: ArtifactTag,
  { repositoryId, artifactId }: { readonly repositoryId: number; readonly artifactId: number },
  isImmutable: boolean,
): z.infer<typeof tagSchema> {
  return {
    id: tag.id,
    repository_id: repositoryId,
    artifact_id: artifactId,
    name: tag.name,
    push_time: toTimestamp(tag.pushedAtMs),
    pull_time: toTimestamp(tag.pulledAtMs),
    immutable: isImmutable,
  };
}
