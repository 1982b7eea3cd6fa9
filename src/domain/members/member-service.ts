import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { OffsetPage } from '#core/pagination';
import { granteeOf, ROLES, type Role } from '#core/rbac/role-matrix';
import type { Actor } from '#domain/audit/audit';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { Member, MemberEntity } from '#domain/members/member';
import type { MemberReference, MemberResolver } from '#domain/members/member-resolver';
import type { MemberStore } from '#domain/members/member-store';
import type { Project } from '#domain/projects/project';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';

export interface MemberServiceDeps {
  readonly members: MemberStore;
  readonly resolver: MemberResolver;
  readonly facts: ProjectFactsService;
  readonly clock: Clock;
}

/**
 * Who has which role in a project. As in Harbor nobody must stay: a project may lose its last administrator, and a
 * system administrator then appoints another.
 */
export class MemberService {
  readonly #deps: MemberServiceDeps;

  constructor(deps: MemberServiceDeps) {
    this.#deps = deps;
  }

  list(project: Project, nameContains: string | undefined, page: OffsetPage) {
    return this.#deps.members.list(project.id, nameContains, page);
  }

  /** NOT_FOUND without one. */
  async get(project: Project, memberId: number): Promise<Member> {
    const member = await this.#deps.members.find(project.id, memberId);
    if (!member) throw new AppError('NOT_FOUND', { message: `the project member ${memberId} is not found` });
    return member;
  }

  async create(project: Project, reference: MemberReference, roleId: number, actor: Actor): Promise<Member> {
    const role = requireRole(roleId);
    const entity = await this.#deps.resolver.resolve(reference, actor);
    const mutation = this.#mutation('create', project, entity, actor, role);
    const member = await this.#deps.members.insert(project, entity, role, mutation);
    this.#deps.facts.invalidate(project.name);
    return member;
  }

  async changeRole(project: Project, memberId: number, roleId: number, actor: Actor): Promise<void> {
    const role = requireRole(roleId);
    const member = await this.get(project, memberId);
    const mutation = this.#mutation('update', project, member.entity, actor, role);
    await this.#deps.members.changeRole(member, role, mutation);
    this.#deps.facts.invalidate(project.name);
  }

  async delete(project: Project, memberId: number, actor: Actor): Promise<void> {
    const member = await this.get(project, memberId);
    const mutation = this.#mutation('delete', project, member.entity, actor, member.role);
    await this.#deps.members.delete(member, mutation);
    this.#deps.facts.invalidate(project.name);
  }

  #mutation(
    operation: 'create' | 'update' | 'delete',
    project: Project,
    { kind, name: resource }: Pick<MemberEntity, 'kind' | 'name'>,
    actor: Actor,
    role: Role,
  ): Mutation {
    const member = `${kind === 'user' ? 'user' : 'group'} member ${resource}`;
    const place = `${operation === 'delete' ? 'from' : 'in'} project ${project.name}`;
    const description = `${operation} ${member} ${place} (${granteeOf(role)})`;
    const audit = { projectId: project.id, operation, resourceType: 'member', resource, description };
    return newMutation(audit, actor, this.#deps.clock);
  }
}

/** BAD_REQUEST for a number that is no role's. */
function requireRole(id: number): Role {
  const role = Object.values(ROLES).find((known) => known === id);
  if (role === undefined) throw new AppError('BAD_REQUEST', { message: 'invalid role: must be one of 1 to 5' });
  return role;
}
