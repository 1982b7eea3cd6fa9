import { z } from '@hono/zod-openapi';
import { projectOf } from '#core/reference';
import type { FoundRepository } from '#domain/repositories/repository-listing';
import type { SearchResult } from '#domain/search/search-service';
import { projectSchema, toProjectDto } from '#routes/api/schemas/project';

/** What is false or 0 is left out, as Harbor does. */
const searchRepositorySchema = z
  .object({
    project_id: z.int(),
    project_name: z.string(),
    project_public: z.literal(true).optional(),
    repository_name: z.string(),
    pull_count: z.int().optional(),
    artifact_count: z.int().optional(),
  })
  .openapi('SearchRepository');

export const searchSchema = z
  .object({ project: z.array(projectSchema), repository: z.array(searchRepositorySchema) })
  .openapi('Search');

export function toSearchDto({ projects, repositories }: SearchResult): z.infer<typeof searchSchema> {
  return { project: projects.map(toProjectDto), repository: repositories.map(toSearchRepositoryDto) };
}

function toSearchRepositoryDto(repository: FoundRepository): z.infer<typeof searchRepositorySchema> {
  const { projectId, name, isPublic, pullCount, artifactCount } = repository;
  return {
    project_id: projectId,
    project_name: projectOf(name),
    ...(isPublic && { project_public: true as const }),
    repository_name: name,
    ...(pullCount > 0 && { pull_count: pullCount }),
    ...(artifactCount > 0 && { artifact_count: artifactCount }),
  };
}
