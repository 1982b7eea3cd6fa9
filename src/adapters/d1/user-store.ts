import { withRetries } from '#adapters/d1/batch';
import type { User } from '#domain/users/user';
import type { UserStore } from '#domain/users/user-store';

interface UserRow {
  readonly id: number;
  readonly username: string;
  readonly password_hash: string | null;
  readonly is_system_admin: number;
  readonly security_version: number;
}

export class D1UserStore implements UserStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findByUsername(username: string): Promise<User | undefined> {
    const query = this.#db
      .prepare(
        'select id, username, password_hash, is_system_admin, security_version from users where username = ? limit 1',
      )
      .bind(username);
    const row = await withRetries(() => query.first<UserRow>());
    return row ? toUser(row) : undefined;
  }

  async replacePasswordHash(userId: number, previous: string | undefined, next: string, nowMs: number): Promise<void> {
    const update = this.#db
      .prepare('update users set password_hash = ?, updated_at_ms = ? where id = ? and password_hash is ?')
      .bind(next, nowMs, userId, previous ?? null);
    await withRetries(() => update.run());
  }
}

function toUser(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    passwordHash: row.password_hash ?? undefined,
    isSystemAdmin: row.is_system_admin === 1,
    securityVersion: row.security_version,
  };
}
