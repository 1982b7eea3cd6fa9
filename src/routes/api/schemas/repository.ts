import { z } from '@hono/zod-openapi';
import type { RepositorySummary } from '#domain/repositories/repository-store';
import { toTimestamp } from '#routes/api/schemas/common';

/** What a client sends back of a `Repository`; but for the description all is ignored. */
export const repositoryReqSchema = z
  .object({
    description: z
      .string()
      .nullish()
      .transform((text) => text ?? '')
      .openapi({ type: 'string', description: 'at most 25,000 characters' }),
  })
  .openapi('RepositoryReq');

export const repositorySchema = z
  .object({
    id: z.int(),
    project_id: z.int(),
    name: z.string(),
    description: z.string().optional(),
    artifact_count: z.int(),
    pull_count: z.int(),
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
  })
  .openapi('Repository');

export function toRepositoryDto(repository: RepositorySummary): z.infer<typeof repositorySchema> {
  return {
    id: repository.id,
    project_id: repository.projectId,
    name: repository.name,
    ...(repository.description !== '' && { description: repository.description }),
    artifact_count: repository.artifactCount,
    pull_count: repository.pullCount,
    creation_time: toTimestamp(repository.createdAtMs),
    update_time: toTimestamp(repository.updatedAtMs),
  };
}
