import { withRetries } from '#adapters/d1/batch';
import { conditions, containing } from '#adapters/d1/conditions';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardProject } from '#adapters/d1/guards';
import { ENTITY_NAME, type MemberRow, SELECT_MEMBER, toMember } from '#adapters/d1/member-rows';
import { mutationStatements } from '#adapters/d1/mutation';
import { listPage } from '#adapters/d1/page';
import { insertGroup } from '#adapters/d1/user-group-rows';
import { AppError } from '#core/errors';
import type { OffsetPage } from '#core/pagination';
import type { Role } from '#core/rbac/role-matrix';
import type { Mutation } from '#domain/events/mutation';
import { groupKey } from '#domain/groups/group-key';
import type { Member, MemberEntity } from '#domain/members/member';
import type { MemberStore } from '#domain/members/member-store';
import type { Project } from '#domain/projects/project';

/** Where a member's user or group is found: a column of `project_members`, and SQL for the id with its parameters. */
interface EntityId {
  readonly column: 'user_id' | 'group_id';
  readonly sql: string;
  readonly bindings: readonly (string | number)[];
}

const REFUSALS: Refusals = {
  MEMBER_TAKEN: ['CONFLICT', 'The project member specified already exist'],
  MEMBER_GONE: ['NOT_FOUND', 'the project member is not found'],
  PROJECT_GONE: ['NOT_FOUND', 'project not found'],
  USER_GONE: ['NOT_FOUND', 'user does not exist'],
  GROUP_GONE: ['NOT_FOUND', 'the user group is not found'],
};

export class D1MemberStore implements MemberStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  find(projectId: number, memberId: number): Promise<Member | undefined> {
    return this.#first('m.project_id = ? and m.id = ?', projectId, memberId);
  }

  async list(projectId: number, nameContains: string | undefined, page: OffsetPage) {
    const where = conditions(['m.project_id = ?1'], [projectId]).add(containing(ENTITY_NAME), nameContains);
    const order = { column: 'entity_name', isDescending: false, tieBreaker: 'm.id' };
    const { rows, total } = await listPage<MemberRow>(this.#db, { select: SELECT_MEMBER, where, order, page });
    return { items: rows.map(toMember), total };
  }

  async insert(project: Project, entity: MemberEntity, role: Role, mutation: Mutation): Promise<Member> {
    const { column, sql, bindings } = entityIdOf(entity);
    const isMember = `exists (select 1 from project_members where project_id = ? and ${column} = ${sql})`;
    await this.#run(project.id, mutation, [
      ...this.#entityStatements(entity, mutation.nowMs),
      guard(this.#db, 'MEMBER_TAKEN', `not ${isMember}`, project.id, ...bindings),
      this.#db
        .prepare(`insert into project_members (project_id, ${column}, role, created_at_ms) values (?, ${sql}, ?, ?)`)
        .bind(project.id, ...bindings, role, mutation.nowMs),
    ]);
    const inserted = await this.#first(`m.project_id = ? and m.${column} = ${sql}`, project.id, ...bindings);
    if (!inserted) throw new AppError('CONFLICT', { message: `member ${entity.name} was deleted as it was created` });
    return inserted;
  }

  async changeRole(member: Member, role: Role, mutation: Mutation): Promise<void> {
    const update = this.#db.prepare('update project_members set role = ? where id = ?').bind(role, member.id);
    await this.#run(member.projectId, mutation, [this.#guardMember(member), update]);
  }

  async delete(member: Member, mutation: Mutation): Promise<void> {
    const remove = this.#db.prepare('delete from project_members where id = ?').bind(member.id);
    await this.#run(member.projectId, mutation, [this.#guardMember(member), remove]);
  }

  async #first(condition: string, ...values: readonly (string | number)[]): Promise<Member | undefined> {
    const query = this.#db.prepare(`${SELECT_MEMBER} where ${condition}`).bind(...values);
    const row = await withRetries(() => query.first<MemberRow>());
    return row ? toMember(row) : undefined;
  }

  /** What makes sure that there is such a user or group. */
  #entityStatements(entity: MemberEntity, nowMs: number): readonly D1PreparedStatement[] {
    switch (entity.kind) {
      case 'user': {
        const isAccount = 'exists (select 1 from users where id = ? and deleted_at_ms is null)';
        return [guard(this.#db, 'USER_GONE', isAccount, entity.id)];
      }
      case 'group':
        return [guard(this.#db, 'GROUP_GONE', 'exists (select 1 from user_groups where id = ?)', entity.id)];
      case 'new-group':
        return [insertGroup(this.#db, entity.group, nowMs)];
    }
  }

  #guardMember({ id, projectId }: Member): D1PreparedStatement {
    const isMember = 'exists (select 1 from project_members where id = ? and project_id = ?)';
    return guard(this.#db, 'MEMBER_GONE', isMember, id, projectId);
  }

  /** Tokens carry the project's security version: with another one the rights they were made with are void. */
  #run(projectId: number, mutation: Mutation, statements: readonly D1PreparedStatement[]): Promise<void> {
    const raise = this.#db
      .prepare('update projects set security_version = security_version + 1 where id = ?')
      .bind(projectId);
    const guarded = [guardProject(this.#db, projectId), ...statements, raise];
    return runGuarded(this.#db, [...mutationStatements(this.#db, mutation), ...guarded], REFUSALS);
  }
}

function entityIdOf(entity: MemberEntity): EntityId {
  if (entity.kind !== 'new-group') {
    return { column: entity.kind === 'user' ? 'user_id' : 'group_id', sql: '?', bindings: [entity.id] };
  }
  const sql = '(select id from user_groups where type = ? and key = ?)';
  return { column: 'group_id', sql, bindings: [entity.group.type, groupKey(entity.group)] };
}
