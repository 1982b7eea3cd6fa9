import type { RepositoryName } from '#core/reference';
import type { Project } from '#domain/projects/project';

/** How long a project or repository is found by a name it had: 30 days. */
export const ALIAS_LIFETIME_MS = 30 * 24 * 3_600_000;

/** Where the repository is that had a name. */
export interface AliasTarget {
  readonly projectId: number;
  /** Present name of the project. */
  readonly project: string;
  /** Present name within it. */
  readonly name: string;
}

/** A repository, be it there or not, by its present name. */
export interface Place {
  readonly project: Project;
  readonly repository: RepositoryName;
  /** Names within the project that a machine's patterns may match: the present one, and one it was asked for by. */
  readonly names: readonly string[];
}

/** What a name stands for. */
export interface ResolvedName {
  /** What the name says, aliases of its project followed. */
  readonly here: Place;
  /** Where the repository is that had the name; undefined for a name that is no alias. */
  readonly moved: Place | undefined;
}
