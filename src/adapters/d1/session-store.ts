import { runBatch, withRetries } from '#adapters/d1/batch';
import { GuardFailed, guard } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import type { Mutation } from '#domain/events/mutation';
import type { Session, SessionStore } from '#domain/sessions/session-store';

const MAX_SWEPT = 1_000;

interface SessionRow {
  readonly user_id: number;
  readonly user_version: number;
  readonly sealed_id_token: string | null;
  readonly created_at_ms: number;
  readonly expires_at_ms: number;
}

export class D1SessionStore implements SessionStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async insert(idHash: string, session: Session, mutation: Mutation): Promise<void> {
    const { userId, userVersion, sealedIdToken, createdAtMs, expiresAtMs } = session;
    const insert = this.#db
      .prepare(
        `insert into sessions (id_hash, user_id, user_version, sealed_id_token, created_at_ms, expires_at_ms)
           values (?, ?, ?, ?, ?, ?)`,
      )
      .bind(idHash, userId, userVersion, sealedIdToken ?? null, createdAtMs, expiresAtMs);
    await runBatch(this.#db, [...mutationStatements(this.#db, mutation), insert]);
  }

  async find(idHash: string): Promise<Session | undefined> {
    const query = this.#db
      .prepare(
        'select user_id, user_version, sealed_id_token, created_at_ms, expires_at_ms from sessions where id_hash = ?',
      )
      .bind(idHash);
    const row = await withRetries(() => query.first<SessionRow>());
    return row ? toSession(row) : undefined;
  }

  async extend(idHash: string, expiresAtMs: number): Promise<void> {
    await this.#run('update sessions set expires_at_ms = max(expires_at_ms, ?2) where id_hash = ?1', [
      idHash,
      expiresAtMs,
    ]);
  }

  async delete(idHash: string, mutation: Mutation): Promise<void> {
    const exists = guard(this.#db, 'SESSION_GONE', 'exists (select 1 from sessions where id_hash = ?)', idHash);
    const remove = this.#db.prepare('delete from sessions where id_hash = ?').bind(idHash);
    try {
      await runBatch(this.#db, [...mutationStatements(this.#db, mutation), exists, remove]);
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
    }
  }

  async deleteExpired(beforeMs: number): Promise<void> {
    const expired = `select id_hash from sessions where expires_at_ms <= ? order by expires_at_ms limit ${MAX_SWEPT}`;
    await this.#run(`delete from sessions where id_hash in (${expired})`, [beforeMs]);
  }

  async #run(sql: string, bindings: readonly (string | number | null)[]): Promise<void> {
    const statement = this.#db.prepare(sql).bind(...bindings);
    await withRetries(() => statement.run());
  }
}

function toSession(row: SessionRow): Session {
  return {
    userId: row.user_id,
    userVersion: row.user_version,
    sealedIdToken: row.sealed_id_token ?? undefined,
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
  };
}
