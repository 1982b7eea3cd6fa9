import { withRetries } from '#adapters/d1/batch';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { listKeyedPage } from '#adapters/d1/page';
import { userGroupKeys } from '#adapters/d1/user-group-keys';
import { insertGroup, SELECT_GROUP, toUserGroup, type UserGroupRow } from '#adapters/d1/user-group-rows';
import { AppError } from '#core/errors';
import type { OffsetPage } from '#core/pagination';
import type { Mutation } from '#domain/events/mutation';
import { groupKey } from '#domain/groups/group-key';
import type { ExternalGroup, GroupType, UserGroup } from '#domain/groups/user-group';
import type { UserGroupFilter, UserGroupStore } from '#domain/groups/user-group-store';

export class D1UserGroupStore implements UserGroupStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  findById(id: number): Promise<UserGroup | undefined> {
    return this.#first('id = ?', id);
  }

  findByKey(type: GroupType, key: string): Promise<UserGroup | undefined> {
    return this.#first('type = ? and key = ?', type, key);
  }

  async list(filter: UserGroupFilter, page: OffsetPage) {
    const shown = { select: () => SELECT_GROUP, id: 'id', column: 'id', isDescending: false, page };
    const { rows, total } = await listKeyedPage<UserGroupRow>(this.#db, { ...userGroupKeys(filter), ...shown });
    return { items: rows.map(toUserGroup), total };
  }

  async insert(group: ExternalGroup, mutation: Mutation): Promise<UserGroup> {
    const key = groupKey(group);
    await this.#run(group.name, mutation, [
      guard(
        this.#db,
        'GROUP_TAKEN',
        'not exists (select 1 from user_groups where type = ? and key = ?)',
        group.type,
        key,
      ),
      insertGroup(this.#db, group, mutation.nowMs),
    ]);
    const inserted = await this.findByKey(group.type, key);
    if (!inserted) throw new AppError('CONFLICT', { message: `group ${group.name} was deleted as it was created` });
    return inserted;
  }

  async rename(group: UserGroup, name: string, mutation: Mutation): Promise<void> {
    const { id, type } = group;
    const key = groupKey({ ...group, name });
    const membersOfAnother =
      'select user_id from user_group_members where group_id = (select id from user_groups where id = ?1 and key <> ?2)';
    await this.#run(name, mutation, [
      this.#guardGroup(id),
      guard(
        this.#db,
        'GROUP_TAKEN',
        'not exists (select 1 from user_groups where type = ?1 and key = ?2 and id <> ?3)',
        type,
        key,
        id,
      ),
      this.#db
        .prepare(`update users set security_version = security_version + 1 where id in (${membersOfAnother})`)
        .bind(id, key),
      this.#db
        .prepare(`delete from user_group_members where group_id = ?1 and user_id in (${membersOfAnother})`)
        .bind(id, key),
      this.#db
        .prepare('update user_groups set name = ?2, key = ?3, updated_at_ms = ?4 where id = ?1')
        .bind(id, name, key, mutation.nowMs),
    ]);
  }

  async delete({ id, name }: UserGroup, mutation: Mutation): Promise<void> {
    const of = (sql: string) => this.#db.prepare(sql).bind(id);
    await this.#run(name, mutation, [
      this.#guardGroup(id),
      of(`update projects set security_version = security_version + 1
            where id in (select project_id from project_members where group_id = ?)`),
      of(`update users set security_version = security_version + 1
            where id in (select user_id from user_group_members where group_id = ?)`),
      of('delete from project_members where group_id = ?'),
      of('delete from user_group_members where group_id = ?'),
      of('delete from user_groups where id = ?'),
    ]);
  }

  async #first(condition: string, ...values: readonly (string | number)[]): Promise<UserGroup | undefined> {
    const query = this.#db.prepare(`${SELECT_GROUP} where ${condition}`).bind(...values);
    const row = await withRetries(() => query.first<UserGroupRow>());
    return row ? toUserGroup(row) : undefined;
  }

  #guardGroup(id: number): D1PreparedStatement {
    return guard(this.#db, 'GROUP_GONE', 'exists (select 1 from user_groups where id = ?)', id);
  }

  #run(name: string, mutation: Mutation, statements: readonly D1PreparedStatement[]): Promise<void> {
    return runGuarded(this.#db, [...mutationStatements(this.#db, mutation), ...statements], refusalsOf(name));
  }
}

function refusalsOf(name: string): Refusals {
  return {
    GROUP_TAKEN: ['CONFLICT', `duplicate user group, group name: ${name}`],
    GROUP_GONE: ['NOT_FOUND', 'the user group is not found'],
  };
}
