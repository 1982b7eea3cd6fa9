import type { RepositorySelector, TagSelector } from '#domain/policies/selector';
import type { RetentionTemplateName } from '#domain/retention/retention-template';

/** Rules of one policy, as in Harbor. */
export const MAX_RETENTION_RULES = 15;

/** What is kept: of the repositories and the artifacts that its selectors choose, those that its template takes. */
export interface RetentionRule {
  /** As the client numbered it; it means nothing here. */
  readonly id: number;
  readonly priority: number;
  readonly isDisabled: boolean;
  readonly template: RetentionTemplateName;
  /** Artifacts, or days; undefined where the template has none. */
  readonly parameter: number | undefined;
  /** An artifact must be chosen by all. */
  readonly tagSelectors: readonly TagSelector[];
  /** A repository must be chosen by all; without any, all repositories are. */
  readonly repositorySelectors: readonly RepositorySelector[];
}
