import type { OffsetPage } from '#core/pagination';
import type { Role } from '#core/rbac/role-matrix';
import type { Mutation } from '#domain/events/mutation';
import type { Member, MemberEntity } from '#domain/members/member';
import type { Project } from '#domain/projects/project';

/** Rows of members. Each change voids the tokens of the project. */
export interface MemberStore {
  find(projectId: number, memberId: number): Promise<Member | undefined>;

  /** By name. */
  list(
    projectId: number,
    nameContains: string | undefined,
    page: OffsetPage,
  ): Promise<{ readonly items: readonly Member[]; readonly total: number }>;

  /** CONFLICT for who is a member already, NOT_FOUND when the project, user or group is gone. */
  insert(project: Project, entity: MemberEntity, role: Role, mutation: Mutation): Promise<Member>;

  /** NOT_FOUND when the member is gone. */
  changeRole(member: Member, role: Role, mutation: Mutation): Promise<void>;

  /** NOT_FOUND when the member is gone. */
  delete(member: Member, mutation: Mutation): Promise<void>;
}
