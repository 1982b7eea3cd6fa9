import type { ExternalGroup } from '#domain/groups/user-group';

/** An outside directory that can be asked for groups. */
export interface GroupDirectory {
  /** The group as the directory tells it; undefined when the directory has none like it. */
  findGroup(group: ExternalGroup): Promise<ExternalGroup | undefined>;
}
