import type { RepositoryName, TagName } from '#core/reference';
import type { Mutation } from '#domain/events/mutation';

export interface TagDeletion {
  readonly repositoryId: number;
  readonly lockToken: number;
  readonly tag: TagName;
  readonly mutation: Mutation;
}

/** Rows of tags. They are written with the manifests they name (`ManifestStore.put`). */
export interface TagStore {
  /** Tags of a repository in ASCII order, after `last`; undefined when the repository does not exist. */
  list(repository: RepositoryName, limit: number, last: string | undefined): Promise<readonly string[] | undefined>;

  /** Deletes the tag and leaves its manifest; MANIFEST_UNKNOWN when there is none. */
  delete(deletion: TagDeletion): Promise<void>;
}
