/** Where a group is known: in a directory, behind an auth proxy, or at an OIDC provider. Harbor's numbers. */
export const GROUP_TYPES = { ldap: 1, http: 2, oidc: 3 } as const;

export type GroupType = (typeof GROUP_TYPES)[keyof typeof GROUP_TYPES];

/** A group of users that can be a member of projects. */
export interface UserGroup {
  readonly id: number;
  readonly name: string;
  readonly type: GroupType;
  /** Distinguished name, of LDAP groups alone. */
  readonly ldapDn: string | undefined;
}

/** A group somebody belongs to, as an outside directory tells it; it may not be known here yet. */
export interface ExternalGroup {
  readonly type: GroupType;
  readonly name: string;
  readonly ldapDn?: string | undefined;
}
