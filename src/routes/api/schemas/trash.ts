import { z } from '@hono/zod-openapi';
import type { TrashItem } from '#domain/trash/trash';
import type { RestoredArtifact } from '#domain/trash/trash-service';
import { toTimestamp } from '#routes/api/schemas/common';

const deletion = { digest: z.string(), deleted_by: z.string(), deletion_time: z.iso.datetime() };

export const trashItemSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('artifact'),
      ...deletion,
      type: z.string(),
      manifest_media_type: z.string(),
      size: z.int().openapi({ description: 'manifest, config and layers, in bytes' }),
      tags: z.array(z.string()),
      deleted_with: z
        .string()
        .optional()
        .openapi({ description: 'digest of the artifact it was deleted along with and comes back with' }),
    }),
    z.object({ kind: z.literal('tag'), ...deletion, name: z.string() }),
  ])
  .openapi('TrashItem');

export const restoredArtifactSchema = z
  .object({
    digest: z.string(),
    digests: z.array(z.string()).openapi({ description: 'the artifact and what came back with it' }),
    tags: z.array(z.string()),
    taken_tags: z.array(z.string()).openapi({ description: 'tags that name other artifacts now and stayed there' }),
  })
  .openapi('RestoredArtifact');

export function toTrashItemDto(item: TrashItem): z.infer<typeof trashItemSchema> {
  const about = { digest: item.digest, deleted_by: item.deletedBy, deletion_time: toTimestamp(item.deletedAtMs) };
  if (item.kind === 'tag') return { kind: 'tag', ...about, name: item.name };
  return {
    kind: 'artifact',
    ...about,
    type: item.type,
    manifest_media_type: item.manifestMediaType,
    size: item.sizeBytes,
    tags: [...item.tags],
    ...(item.deletedWith && { deleted_with: item.deletedWith }),
  };
}

export function toRestoredArtifactDto(restored: RestoredArtifact): z.infer<typeof restoredArtifactSchema> {
  const { digest, digests, tags, takenTags } = restored;
  return { digest, digests: [...digests], tags: [...tags], taken_tags: [...takenTags] };
}
