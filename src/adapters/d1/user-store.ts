import { withRetries } from '#adapters/d1/batch';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardMode, guardUser } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { listFound } from '#adapters/d1/sought-page';
import { factsStatements, sameFacts } from '#adapters/d1/user-facts';
import { userColumn, userKeys } from '#adapters/d1/user-keys';
import { SELECT_USER, toUser, type UserRow } from '#adapters/d1/user-rows';
import { AppError } from '#core/errors';
import type { Mutation } from '#domain/events/mutation';
import type { User } from '#domain/users/user';
import { usernameKey } from '#domain/users/user-rules';
import type { DirectoryFacts, NewUser, UserFilter, UserPage, UserStore } from '#domain/users/user-store';

/** Somebody else is an administrator by the flag; what a directory says may change any day. */
const OTHER_ADMINISTRATOR =
  'exists (select 1 from users where is_system_admin = 1 and deleted_at_ms is null and id <> ?1)';

const REFUSALS: Refusals = {
  USERNAME_TAKEN: ['CONFLICT', 'a user with this username, or one that looks like it, exists'],
  EMAIL_TAKEN: ['CONFLICT', 'a user with this email exists'],
  USER_GONE: ['NOT_FOUND', 'user not found'],
  USER_CHANGED: ['CONFLICT', 'the account has changed meanwhile, try again'],
  MODE_CHANGED: ['FORBIDDEN', 'creating users is not allowed: the auth mode has changed'],
  LAST_ADMINISTRATOR: ['PRECONDITION', 'the last administrator cannot be removed'],
};

export interface D1UserStoreDeps {
  readonly db: D1Database;
  /** Whether the deployment fixes `auth_mode`, so that its row says nothing. Default: no. */
  readonly isModeFixed?: boolean;
}

export class D1UserStore implements UserStore {
  readonly #db: D1Database;
  readonly #isModeFixed: boolean;

  constructor({ db, isModeFixed = false }: D1UserStoreDeps) {
    this.#db = db;
    this.#isModeFixed = isModeFixed;
  }

  findByUsername(username: string): Promise<User | undefined> {
    return this.#first('username = ?', username);
  }

  findById(id: number): Promise<User | undefined> {
    return this.#first('id = ?', id);
  }

  async isTaken(what: 'username' | 'email', value: string): Promise<boolean> {
    const condition = what === 'email' ? 'email = ?1' : 'username = ?1 or username_key = ?2';
    const bindings = what === 'email' ? [value] : [value, usernameKey(value)];
    const query = this.#db.prepare(`select 1 from users where ${condition} limit 1`).bind(...bindings);
    return (await withRetries(() => query.first())) !== null;
  }

  async list(filter: UserFilter, page: UserPage) {
    const found = userKeys(filter, page.orderBy);
    const { isDescending } = page;
    const shown = { select: () => SELECT_USER, id: 'u.id', column: userColumn(page.orderBy), isDescending, page };
    const { rows, total } = await listFound<UserRow>(this.#db, found, shown);
    return { items: rows.map(toUser), total };
  }

  async insert(user: NewUser, mutation: Mutation): Promise<User> {
    const { username, passwordHash, email, realname, comment } = user;
    const insert = this.#db
      .prepare(
        `insert into users (username, username_key, password_hash, email, realname, comment, created_at_ms, updated_at_ms)
           values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)`,
      )
      .bind(username, usernameKey(username), passwordHash ?? null, email ?? null, realname, comment, mutation.nowMs);
    const guards = [...this.#modeGuards(user), ...this.#nameGuards(username), ...this.#emailGuards(email, 0)];
    await this.#run(mutation, [...guards, insert]);
    const inserted = await this.findByUsername(username);
    if (!inserted) throw new AppError('CONFLICT', { message: `user ${username} was deleted as it was created` });
    return inserted;
  }

  async updateProfile(user: User, profile: Pick<User, 'email' | 'realname' | 'comment'>, mutation: Mutation) {
    const update = this.#db
      .prepare('update users set email = ?2, realname = ?3, comment = ?4, updated_at_ms = ?5 where id = ?1')
      .bind(user.id, profile.email ?? null, profile.realname, profile.comment, mutation.nowMs);
    await this.#run(mutation, [guardUser(this.#db, user.id), ...this.#emailGuards(profile.email, user.id), update]);
  }

  async replacePasswordHash(userId: number, previous: string | undefined, next: string, nowMs: number): Promise<void> {
    const update = this.#db
      .prepare('update users set password_hash = ?, updated_at_ms = ? where id = ? and password_hash is ?')
      .bind(next, nowMs, userId, previous ?? null);
    await withRetries(() => update.run());
  }

  async changePassword(user: User, passwordHash: string, mutation: Mutation): Promise<void> {
    const update = this.#db
      .prepare(
        `update users set password_hash = ?2, security_version = security_version + 1, updated_at_ms = ?3 where id = ?1`,
      )
      .bind(user.id, passwordHash, mutation.nowMs);
    // Of two who know the present password, the second does not any more.
    const isAsRead = 'exists (select 1 from users where id = ? and security_version = ?)';
    const unchanged = guard(this.#db, 'USER_CHANGED', isAsRead, user.id, user.securityVersion);
    await this.#run(mutation, [guardUser(this.#db, user.id), unchanged, update]);
  }

  async setAdministrator(user: User, isSystemAdmin: boolean, mutation: Mutation): Promise<void> {
    const guards = isSystemAdmin ? [] : [guard(this.#db, 'LAST_ADMINISTRATOR', OTHER_ADMINISTRATOR, user.id)];
    const update = this.#db
      .prepare(
        `update users set is_system_admin = ?2, security_version = security_version + 1, updated_at_ms = ?3 where id = ?1`,
      )
      .bind(user.id, isSystemAdmin ? 1 : 0, mutation.nowMs);
    await this.#run(mutation, [guardUser(this.#db, user.id), ...guards, update]);
  }

  async delete(user: User, mutation: Mutation): Promise<void> {
    const of = (sql: string) => this.#db.prepare(sql).bind(user.id);
    await this.#run(mutation, [
      guardUser(this.#db, user.id),
      guard(this.#db, 'LAST_ADMINISTRATOR', OTHER_ADMINISTRATOR, user.id),
      of('delete from project_members where user_id = ?'),
      of('delete from user_group_members where user_id = ?'),
      of('delete from oidc_identities where user_id = ?'),
      of('delete from sessions where user_id = ?'),
      this.#db
        .prepare(
          `update users set username = username || '#' || id, username_key = null, email = null, password_hash = null,
             is_system_admin = 0, is_admin_in_auth = 0, security_version = security_version + 1, deleted_at_ms = ?2,
             updated_at_ms = ?2 where id = ?1`,
        )
        .bind(user.id, mutation.nowMs),
    ]);
  }

  differs(user: User, facts: DirectoryFacts): Promise<boolean> {
    return sameFacts(this.#db, user, facts).then((isSame) => !isSame);
  }

  async storeFacts(user: User, facts: DirectoryFacts, mutation: Mutation): Promise<void> {
    await this.#run(mutation, [
      guardUser(this.#db, user.id),
      ...factsStatements(this.#db, user, facts, mutation.nowMs),
    ]);
  }

  async #first(condition: string, value: string | number): Promise<User | undefined> {
    const query = this.#db.prepare(`${SELECT_USER} where ${condition} and deleted_at_ms is null limit 1`).bind(value);
    const row = await withRetries(() => query.first<UserRow>());
    return row ? toUser(row) : undefined;
  }

  /** An account of one mode would be in the way of another; it may have changed while the password was looked at. */
  #modeGuards({ mode }: NewUser): D1PreparedStatement[] {
    return this.#isModeFixed ? [] : [guardMode(this.#db, mode)];
  }

  #nameGuards(username: string): D1PreparedStatement[] {
    const condition = 'not exists (select 1 from users where username = ?1 or username_key = ?2)';
    return [guard(this.#db, 'USERNAME_TAKEN', condition, username, usernameKey(username))];
  }

  #emailGuards(email: string | undefined, ownerId: number): D1PreparedStatement[] {
    if (email === undefined) return [];
    const condition = 'not exists (select 1 from users where email = ?1 and id <> ?2)';
    return [guard(this.#db, 'EMAIL_TAKEN', condition, email, ownerId)];
  }

  #run(mutation: Mutation, statements: readonly D1PreparedStatement[]): Promise<void> {
    return runGuarded(this.#db, [...mutationStatements(this.#db, mutation), ...statements], REFUSALS);
  }
}
