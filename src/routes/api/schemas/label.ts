import { z } from '@hono/zod-openapi';
import type { Label, LabelDraft } from '#domain/labels/label';
import { toTimestamp } from '#routes/api/schemas/common';

/** Text that Go's clients leave out when it is empty. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')
  .openapi({ type: 'string' });

const integer = z
  .int()
  .nullish()
  .transform((value) => value ?? 0)
  .openapi({ type: 'integer', format: 'int64' });

/** Harbor's `Label` as clients send it; times are ignored, and each operation says what else it uses. */
export const labelReqSchema = z
  .object({
    id: integer,
    name: text,
    description: text,
    color: text,
    scope: text.openapi({ description: 'g for a label of the registry, p for one of a project' }),
    project_id: integer,
  })
  .openapi('LabelReq');

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

export function toLabelDraft({ name, description, color }: z.infer<typeof labelReqSchema>): LabelDraft {
  return { name, description, color };
}

export function toLabelDto(label: Label): z.infer<typeof labelSchema> {
  return {
    id: label.id,
    name: label.name,
    ...(label.description !== '' && { description: label.description }),
    ...(label.color !== '' && { color: label.color }),
    scope: label.projectId === undefined ? 'g' : 'p',
    ...(label.projectId !== undefined && { project_id: label.projectId }),
    creation_time: toTimestamp(label.createdAtMs),
    update_time: toTimestamp(label.updatedAtMs),
  };
}
