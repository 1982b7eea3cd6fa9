import type { RulesInForce } from '#domain/immutability/judgement';
import type { TagDeed } from '#domain/immutability/tag-deed';

/** What deeds are judged by. */
export interface ImmutabilityStore {
  rulesOfProject(projectId: number): Promise<RulesInForce>;

  /** The name of a repository within its project, and that project's rules; undefined when it is gone. */
  findRepository(
    repositoryId: number,
  ): Promise<{ readonly nameInProject: string; readonly rules: RulesInForce } | undefined>;

  /**
   * Tags that the deed would move or delete, in ASCII order after `after`. To be asked under the repository's lease, so that
   * they are still the same when the deed is done; but for those a copy brings, which come from elsewhere.
   */
  affectedTags(repositoryId: number, deed: TagDeed, after: string, limit: number): Promise<readonly string[]>;
}
