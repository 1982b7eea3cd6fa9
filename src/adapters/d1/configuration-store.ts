import { runBatch, withRetries } from '#adapters/d1/batch';
import { GuardFailed, guard } from '#adapters/d1/guards';
import { ANY_EVENT, mutationStatements } from '#adapters/d1/mutation';
import { AppError } from '#core/errors';
import type { AuditSettings } from '#domain/audit/audit-settings';
import { DEFAULTS } from '#domain/configuration/catalog';
import type { ConfigurationStore } from '#domain/configuration/configuration-store';
import type { Mutation } from '#domain/events/mutation';

const OTHER_USERS = 'exists (select 1 from users where id > 1 and deleted_at_ms is null)';

const DEFAULT_MODE = JSON.stringify(DEFAULTS.auth_mode);

export class D1ConfigurationStore implements ConfigurationStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async list(): Promise<ReadonlyMap<string, string>> {
    const query = this.#db.prepare('select key, value from properties');
    const { results } = await withRetries(() => query.all<{ key: string; value: string }>());
    return new Map(results.map(({ key, value }) => [key, value]));
  }

  async put(values: ReadonlyMap<string, string>, audit: AuditSettings | undefined, mutation: Mutation): Promise<void> {
    const upsert = this.#db
      .prepare(
        `insert into properties (key, value, updated_at_ms) select key, value, ?2 from json_each(?1) where true
           on conflict (key) do update set value = excluded.value, updated_at_ms = excluded.updated_at_ms`,
      )
      .bind(JSON.stringify(Object.fromEntries(values)), mutation.nowMs);
    try {
      await runBatch(this.#db, [
        // Before the entry of the change itself, which is then the first to be forwarded.
        ...(audit ? [this.#forwarding(audit)] : []),
        ...mutationStatements(this.#db, mutation),
        ...this.#modeGuards(values.get('auth_mode')),
        upsert,
        ...(audit ? this.#hiding(audit) : []),
      ]);
    } catch (error) {
      if (!(error instanceof GuardFailed) || error.code !== 'USERS_EXIST') throw error;
      throw new AppError('BAD_REQUEST', {
        message: 'the auth mode cannot be modified as new users have been inserted into database',
      });
    }
  }

  async hasOtherUsers(): Promise<boolean> {
    const query = this.#db.prepare(`select ${OTHER_USERS} found`);
    return (await withRetries(() => query.first<{ found: number }>()))?.found === 1;
  }

  async applyToAudit(audit: AuditSettings): Promise<void> {
    await runBatch(this.#db, [this.#forwarding(audit), ...this.#hiding(audit)]);
  }

  /** Forwarding begins with what comes next. Another endpoint gets what the one before did not, and is tried at once. */
  #forwarding({ endpoint }: AuditSettings): D1PreparedStatement {
    if (endpoint === '') return this.#db.prepare('delete from audit_forwarding where id = 1');
    return this.#db
      .prepare(
        `insert into audit_forwarding (id, endpoint, forwarded_id) select 1, ?, coalesce(max(id), 0) from audit_log where true
           on conflict (id) do update set endpoint = excluded.endpoint, retry_at_ms = 0, failures = 0
           where endpoint <> excluded.endpoint`,
      )
      .bind(endpoint);
  }

  #hiding({ hiddenTypes, isListed }: AuditSettings): D1PreparedStatement[] {
    const types = isListed ? hiddenTypes : [...hiddenTypes, ANY_EVENT];
    return [
      'delete from hidden_audit_events where event_type not in (select value from json_each(?))',
      'insert into hidden_audit_events (event_type) select value from json_each(?) where true on conflict do nothing',
    ].map((sql) => this.#db.prepare(sql).bind(JSON.stringify(types)));
  }

  /** The mode stays as it is now, whatever it was when somebody looked, or there is nobody yet to whom it matters. */
  #modeGuards(mode: string | undefined): D1PreparedStatement[] {
    if (mode === undefined) return [];
    const isSame = `coalesce((select value from properties where key = 'auth_mode'), ?2) = ?1`;
    return [guard(this.#db, 'USERS_EXIST', `${isSame} or not ${OTHER_USERS}`, mode, DEFAULT_MODE)];
  }
}
