import { runBatch, withRetries } from '#adapters/d1/batch';
import type { ForwardingBatch, ForwardingStore } from '#domain/audit/forwarding-store';
import type { ForwardedEntry } from '#domain/audit/syslog-message';

interface EntryRow {
  readonly id: number;
  readonly operation_id: string;
  readonly project_id: number | null;
  readonly operation: string;
  readonly resource_type: string;
  readonly resource: string;
  readonly username: string;
  readonly description: string;
  readonly is_success: number;
  readonly source_address: string | null;
  readonly at_ms: number;
  readonly is_silent: number;
}

/** Every call may be repeated, so that one whose outcome is unknown is. */
export class D1ForwardingStore implements ForwardingStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  claim(token: string, nowMs: number, leaseMs: number): Promise<boolean> {
    return this.#changes(
      `update audit_forwarding set lease_token = ?1, lease_until_ms = ?2 + ?3
       where id = 1 and (lease_token = ?1 or lease_until_ms <= ?2 and retry_at_ms <= ?2)`,
      token,
      nowMs,
      leaseMs,
    );
  }

  async next(token: string, limit: number): Promise<ForwardingBatch> {
    const query = this.#db
      .prepare(
        `select id, operation_id, project_id, operation, resource_type, resource, username, description, is_success,
           source_address, at_ms, is_silent from audit_log
         where id > (select forwarded_id from audit_forwarding where id = 1 and lease_token = ?1) order by id limit ?2`,
      )
      .bind(token, limit);
    const { results } = await withRetries(() => query.all<EntryRow>());
    return { entries: results.filter((row) => row.is_silent === 0).map(toEntry), lastId: results.at(-1)?.id };
  }

  advance(token: string, lastId: number, leaseUntilMs: number): Promise<boolean> {
    return this.#changes(
      `update audit_forwarding set forwarded_id = ?2, lease_until_ms = ?3, retry_at_ms = 0, failures = 0
       where id = 1 and lease_token = ?1`,
      token,
      lastId,
      leaseUntilMs,
    );
  }

  async releaseWhenDone(token: string): Promise<boolean> {
    const more = 'exists (select 1 from audit_log where id > forwarded_id)';
    const [, held] = await runBatch(this.#db, [
      this.#db
        .prepare(
          `update audit_forwarding set lease_token = null, lease_until_ms = 0
           where id = 1 and lease_token = ?1 and not ${more}`,
        )
        .bind(token),
      this.#db.prepare('select 1 from audit_forwarding where id = 1 and lease_token = ?').bind(token),
    ]);
    return held?.results.length === 0;
  }

  async release(token: string): Promise<void> {
    await this.#changes(
      'update audit_forwarding set lease_token = null, lease_until_ms = 0 where id = 1 and lease_token = ?1',
      token,
    );
  }

  async releaseFailed(token: string, nowMs: number, delaysMs: readonly number[]): Promise<void> {
    await this.#changes(
      `update audit_forwarding set lease_token = null, lease_until_ms = 0, failures = failures + 1,
         retry_at_ms = ?2 + (select value from json_each(?3) where key <= failures order by key desc limit 1)
       where id = 1 and lease_token = ?1`,
      token,
      nowMs,
      JSON.stringify(delaysMs),
    );
  }

  async #changes(sql: string, ...bindings: unknown[]): Promise<boolean> {
    const query = this.#db.prepare(sql).bind(...bindings);
    return (await withRetries(() => query.run())).meta.changes > 0;
  }
}

function toEntry(row: EntryRow): ForwardedEntry {
  return {
    id: row.id,
    operationId: row.operation_id,
    projectId: row.project_id ?? undefined,
    operation: row.operation,
    resourceType: row.resource_type,
    resource: row.resource,
    username: row.username,
    description: row.description,
    isSuccess: row.is_success === 1,
    sourceAddress: row.source_address ?? undefined,
    atMs: row.at_ms,
  };
}
