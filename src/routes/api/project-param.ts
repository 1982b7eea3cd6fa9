import { z } from '@hono/zod-openapi';
import { flagSchema } from '#routes/api/schemas/common';

/** The project an operation is about, by its name or its id. */
export const projectParam = z.object({ project_name_or_id: z.string() });

/** Says that `project_name_or_id` is a name, though it looks like an id. */
export const resourceNameHeader = z.object({ 'x-is-resource-name': flagSchema.optional() });

/** Text that looks like an integer is an id, unless the client says that it is a name. */
export function toNameOrId(
  { project_name_or_id: text }: z.output<typeof projectParam>,
  { 'x-is-resource-name': isName }: z.output<typeof resourceNameHeader>,
): string | number {
  return !isName && /^\d{1,15}$/.test(text) ? Number(text) : text;
}
