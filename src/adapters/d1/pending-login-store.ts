import { withRetries } from '#adapters/d1/batch';
import type { PendingLoginStore } from '#domain/oidc/pending-login-store';

const MAX_SWEPT = 1_000;

interface PendingLoginRow {
  readonly sealed_body: string;
}

export class D1PendingLoginStore implements PendingLoginStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async put(idHash: string, sealedBody: string, expiresAtMs: number): Promise<void> {
    const insert = this.#db
      .prepare(
        'insert into pending_logins (id_hash, sealed_body, expires_at_ms) values (?, ?, ?) on conflict do nothing',
      )
      .bind(idHash, sealedBody, expiresAtMs);
    await withRetries(() => insert.run());
  }

  find(idHash: string, nowMs: number): Promise<string | undefined> {
    return this.#first('select sealed_body from pending_logins where id_hash = ? and expires_at_ms > ?', idHash, nowMs);
  }

  take(idHash: string, nowMs: number): Promise<string | undefined> {
    const sql = 'delete from pending_logins where id_hash = ? and expires_at_ms > ? returning sealed_body';
    return this.#first(sql, idHash, nowMs);
  }

  async deleteExpired(beforeMs: number): Promise<void> {
    const expired = `select id_hash from pending_logins where expires_at_ms <= ? order by expires_at_ms limit ${MAX_SWEPT}`;
    const sweep = this.#db.prepare(`delete from pending_logins where id_hash in (${expired})`).bind(beforeMs);
    await withRetries(() => sweep.run());
  }

  async #first(sql: string, idHash: string, nowMs: number): Promise<string | undefined> {
    const query = this.#db.prepare(sql).bind(idHash, nowMs);
    return (await withRetries(() => query.first<PendingLoginRow>()))?.sealed_body;
  }
}
