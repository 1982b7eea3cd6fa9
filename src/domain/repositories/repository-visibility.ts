import type { NameRange } from '#core/name-range';

/** Whose listing of repositories it is. Those of public projects are in every one. */
export interface RepositoryVisibility {
  /** Whether every repository is visible. */
  readonly isUnlimited: boolean;
  /** Whose projects' repositories are visible; undefined for somebody without an account, and for a robot. */
  readonly memberId: number | undefined;
  /** Projects all of whose repositories are visible besides. */
  readonly projectIds: readonly number[];
  /** Repositories that are visible besides, by ranges of their names within their projects. */
  readonly ranges: readonly (NameRange & { readonly projectId: number })[];
  /** When every project is visible but these, which may be in `ranges`; undefined otherwise. */
  readonly everyProjectBut: readonly number[] | undefined;
}
