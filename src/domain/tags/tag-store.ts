import type { Digest } from '#core/digest';
import type { ListingFilter } from '#core/listing-filter';
import type { OffsetPage } from '#core/pagination';
import type { RepositoryName, TagName } from '#core/reference';
import type { ArtifactTag } from '#domain/artifacts/artifact';
import type { Mutation } from '#domain/events/mutation';
import type { Judgement } from '#domain/immutability/judgement';

/** What a listing of an artifact's tags filters by. */
export const TAG_KEYS = {
  id: { of: 'integer', by: ['exact', 'any-of', 'range'] },
  name: { of: 'text', by: ['exact', 'fuzzy', 'any-of'] },
  push_time: { of: 'time', by: ['exact', 'range'] },
  pull_time: { of: 'time', by: ['exact', 'range'] },
} as const;

export type TagFilter = ListingFilter<typeof TAG_KEYS>;

export const TAG_ORDERS = ['id', 'name', 'push_time', 'pull_time'] as const;

export interface TagPage extends OffsetPage {
  readonly orderBy: (typeof TAG_ORDERS)[number];
  readonly isDescending: boolean;
}

export interface TagCreation {
  readonly projectId: number;
  readonly repositoryId: number;
  readonly lockToken: number;
  readonly digest: Digest;
  readonly tag: TagName;
  readonly mutation: Mutation;
}

export interface TagDeletion {
  readonly repositoryId: number;
  readonly lockToken: number;
  readonly tag: TagName;
  /** What the tag must name still, if that matters. */
  readonly digest?: Digest | undefined;
  readonly judgement: Judgement | undefined;
  readonly mutation: Mutation;
}

/** Rows of tags. Those of a push are written with the manifest they name (`ManifestStore.put`). */
export interface TagStore {
  /** Tags of a repository in ASCII order, after `last`; undefined when the repository does not exist. */
  list(repository: RepositoryName, limit: number, last: string | undefined): Promise<readonly string[] | undefined>;

  /** Tags of one artifact, and how many there are. */
  listOfArtifact(
    artifactId: number,
    filter: TagFilter,
    page: TagPage,
  ): Promise<{ readonly items: readonly ArtifactTag[]; readonly total: number }>;

  /**
   * Names an artifact that is there; CONFLICT when the repository has the tag already, whatever it names. NOT_FOUND when
   * the artifact or its project is gone, SERVICE_UNAVAILABLE when the lock was lost.
   */
  create(creation: TagCreation): Promise<void>;

  /**
   * Deletes the tag and leaves its manifest. MANIFEST_UNKNOWN when there is none, or it names another; `RulesChanged` when the
   * immutable tag rules are not those it was judged by.
   */
  delete(deletion: TagDeletion): Promise<void>;
}
