import type { ExternalGroup } from '#domain/groups/user-group';

/** What an outside directory says about somebody whose credentials it has accepted. */
export interface ExternalIdentity {
  readonly username: string;
  readonly email: string | undefined;
  readonly realname: string | undefined;
  /** All groups the directory tells of; those that are not known here yet become so. */
  readonly groups: readonly ExternalGroup[];
  /** Whether the directory makes them a system administrator (Harbor's `admin_role_in_auth`). */
  readonly isAdministrator: boolean;
}
