import type { RepositoryName } from '#core/reference';

/** A repository of a project, by its full name. */
export interface Repository {
  readonly id: number;
  readonly projectId: number;
  readonly name: RepositoryName;
  readonly description: string;
  readonly pullCount: number;
  /** Undefined while no manifest has been pushed; such a repository is not listed. */
  readonly publishedAtMs: number | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
