import { z } from '@hono/zod-openapi';
import type { ArtifactLabel } from '#domain/artifacts/artifact';
import { toTimestamp } from '#routes/api/schemas/common';

export const labelSchema = z
  .object({
    id: z.int(),
    name: z.string(),
    description: z.string().optional(),
    color: z.string().optional(),
    scope: z.enum(['g', 'p']),
    project_id: z.int().optional(),
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
  })
  .openapi('Label');

/** Of a label of the whole registry there is no project. */
export function toLabelDto(label: ArtifactLabel): z.infer<typeof labelSchema> {
  return {
    id: label.id,
    name: label.name,
    ...(label.description && { description: label.description }),
    ...(label.color && { color: label.color }),
    scope: label.projectId === undefined ? 'g' : 'p',
    ...(label.projectId !== undefined && { project_id: label.projectId }),
    creation_time: toTimestamp(label.createdAtMs),
    update_time: toTimestamp(label.updatedAtMs),
  };
}
