import type { Digest } from '#core/digest';
import type { RepositoryName } from '#core/reference';

/** Knows which artifacts brought an icon. */
export interface IconStore {
  /** A repository that has an artifact with the icon; undefined when none does. */
  findRepositoryWith(digest: Digest): Promise<RepositoryName | undefined>;
}
