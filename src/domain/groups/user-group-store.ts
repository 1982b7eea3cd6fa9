import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import type { ExternalGroup, GroupType, UserGroup } from '#domain/groups/user-group';

/** Which groups a listing is about. */
export interface UserGroupFilter {
  readonly type?: GroupType | undefined;
  readonly name?: string | undefined;
  readonly nameContains?: string | undefined;
  /** As `groupKey` makes it. */
  readonly key?: string | undefined;
}

/** Rows of groups. */
export interface UserGroupStore {
  findById(id: number): Promise<UserGroup | undefined>;
  findByKey(type: GroupType, key: string): Promise<UserGroup | undefined>;

  /** By id. */
  list(
    filter: UserGroupFilter,
    page: OffsetPage,
  ): Promise<{ readonly items: readonly UserGroup[]; readonly total: number }>;

  /** CONFLICT when there is such a group. */
  insert(group: ExternalGroup, mutation: Mutation): Promise<UserGroup>;

  /**
   * Another name. A group that is known by its name is then another group: who was in it is out until the directory
   * says otherwise. CONFLICT when there is such a group, NOT_FOUND when it is gone.
   */
  rename(group: UserGroup, name: string, mutation: Mutation): Promise<void>;

  /** Ends its memberships in projects, and tokens that rest on them. NOT_FOUND when it is gone. */
  delete(group: UserGroup, mutation: Mutation): Promise<void>;
}
