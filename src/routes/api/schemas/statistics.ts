import { z } from '@hono/zod-openapi';
import type { Statistics } from '#domain/statistics/statistics-service';

export const statisticSchema = z
  .object({
    private_project_count: z.int(),
    private_repo_count: z.int(),
    public_project_count: z.int(),
    public_repo_count: z.int(),
    total_project_count: z.int(),
    total_repo_count: z.int(),
    total_storage_consumption: z.int(),
  })
  .openapi('Statistic');

/** The totals are for administrators; others are told 0, as in Harbor. */
export function toStatisticDto(statistics: Statistics): z.infer<typeof statisticSchema> {
  const { privateProjects, privateRepositories, publicProjects, publicRepositories, storageBytes } = statistics;
  const isTold = storageBytes !== undefined;
  return {
    private_project_count: privateProjects,
    private_repo_count: privateRepositories,
    public_project_count: publicProjects,
    public_repo_count: publicRepositories,
    total_project_count: isTold ? privateProjects + publicProjects : 0,
    total_repo_count: isTold ? privateRepositories + publicRepositories : 0,
    total_storage_consumption: storageBytes ?? 0,
  };
}
