import { repositoryName } from '#core/reference';
import type { Repository } from '#domain/repositories/repository';
import type { RepositorySummary } from '#domain/repositories/repository-store';

export interface RepositoryRow {
  readonly id: number;
  readonly project_id: number;
  readonly project: string;
  readonly name: string;
  readonly description: string;
  readonly pull_count: number;
  readonly artifact_count: number;
  readonly published_at_ms: number | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

/** Of `repositories r` and their `projects p`. */
export const REPOSITORY_COLUMNS = `r.id, r.project_id, p.name as project, r.name, r.description, r.pull_count,
  r.artifact_count, r.published_at_ms, r.created_at_ms, r.updated_at_ms`;

/** `<project>/<repository>`. */
export const FULL_NAME = `p.name || '/' || r.name`;

export function toSummary(row: RepositoryRow): RepositorySummary {
  return { ...toRepository(row), artifactCount: row.artifact_count };
}

export function toRepository(row: RepositoryRow): Repository {
  return {
    id: row.id,
    projectId: row.project_id,
    name: repositoryName(row.project, row.name),
    description: row.description,
    pullCount: row.pull_count,
    publishedAtMs: row.published_at_ms ?? undefined,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
