import type { Role } from '#core/rbac/role-matrix';
import type { ExternalGroup } from '#domain/groups/user-group';

/** A user or a group with a role in a project. */
export interface Member {
  readonly id: number;
  readonly projectId: number;
  readonly role: Role;
  readonly entity: KnownEntity;
}

/** Who is a member. */
export interface KnownEntity {
  readonly kind: 'user' | 'group';
  readonly id: number;
  readonly name: string;
}

/** Who becomes a member: somebody known here, or a group that becomes known with its first membership. */
export type MemberEntity =
  | KnownEntity
  | { readonly kind: 'new-group'; readonly name: string; readonly group: ExternalGroup };
