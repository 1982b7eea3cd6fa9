import { LAST_FORWARDED, setMarkBack } from '#adapters/d1/audit-forwarding';
import { type AuditWindow, auditWindow, wholeLog } from '#adapters/d1/audit-window';
import { runBatch, withRetries } from '#adapters/d1/batch';
import { mutationStatements } from '#adapters/d1/mutation';
import { listKeyedPage, MAX_COUNTED } from '#adapters/d1/page';
import type { AuditRecord, AuditScope } from '#domain/audit/audit';
import type { AuditFilter, AuditPage, AuditStore } from '#domain/audit/audit-store';
import type { Mutation } from '#domain/events/mutation';

const MAX_FORGOTTEN = 1_000;

interface AuditRow {
  readonly id: number;
  readonly username: string;
  readonly operation: string;
  readonly resource_type: string;
  readonly resource: string;
  readonly description: string;
  readonly is_success: number;
  readonly at_ms: number;
}

const SELECT = 'select id, username, operation, resource_type, resource, description, is_success, at_ms from audit_log';

export class D1AuditStore implements AuditStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async list(scope: AuditScope, filter: AuditFilter, page: AuditPage) {
    const whole = wholeLog(scope, filter);
    if (whole) {
      const shown = { select: () => SELECT, id: 'id', column: 'at_ms', isDescending: page.isDescending, page };
      const { rows, total } = await listKeyedPage<AuditRow>(this.#db, { ...whole, ...shown });
      return { items: rows.map(toRecord), total };
    }
    const window = auditWindow(scope, filter);
    return window.isLookup ? this.#listFound(window, page) : this.#listWindow(window, page);
  }

  /** A page of the window, of which no more is read for it. */
  async #listWindow({ sql, bindings }: AuditWindow, page: AuditPage) {
    const direction = page.isDescending ? 'desc' : 'asc';
    const order = `at_ms ${direction}, id ${direction}`;
    const [limit, offset] = [`?${bindings.length + 1}`, `?${bindings.length + 2}`];
    const ids = `select id from (${sql(direction, page.offset + page.limit)}) order by ${order} limit ${limit} offset ${offset}`;
    const [listed, counted] = await runBatch(this.#db, [
      this.#db.prepare(`${SELECT} where id in (${ids}) order by ${order}`).bind(...bindings, page.limit, page.offset),
      this.#count(sql(direction, MAX_COUNTED), bindings),
    ]);
    const [{ total } = { total: 0 }] = (counted?.results ?? []) as { total: number }[];
    return { items: ((listed?.results ?? []) as AuditRow[]).map(toRecord), total };
  }

  /** What is looked up in the window: the page's ids, where the search ends once they are found, and only then the number. */
  async #listFound({ sql, bindings, isInOrder }: AuditWindow, page: AuditPage) {
    const direction = page.isDescending ? 'desc' : 'asc';
    const reach = page.offset + page.limit;
    const order = `order by at_ms ${direction}, id ${direction}`;
    const find = this.#db
      .prepare(`select id from (${sql(direction, MAX_COUNTED)}) ${isInOrder ? '' : order} limit ${reach}`)
      .bind(...bindings);
    const ids = (await withRetries(() => find.all<{ id: number }>())).results.map(({ id }) => id);
    const [listed, counted] = await runBatch(this.#db, [
      this.#db
        .prepare(`${SELECT} where id in (select value from json_each(?)) ${order}`)
        .bind(JSON.stringify(ids.slice(page.offset))),
      ...(ids.length < reach ? [] : [this.#count(sql(direction, MAX_COUNTED), bindings)]),
    ]);
    const [{ total } = { total: ids.length }] = (counted?.results ?? []) as { total: number }[];
    return { items: ((listed?.results ?? []) as AuditRow[]).map(toRecord), total };
  }

  #count(sql: string, bindings: readonly unknown[]): D1PreparedStatement {
    return this.#db.prepare(`select count(*) total from (${sql})`).bind(...bindings);
  }

  async append(mutation: Mutation): Promise<void> {
    await runBatch(this.#db, mutationStatements(this.#db, mutation));
  }

  async forgetHiddenBefore(atMs: number): Promise<void> {
    const hidden = `select id from audit_log where is_hidden = 1 and at_ms < ? order by at_ms limit ${MAX_FORGOTTEN}`;
    const forget = this.#db
      .prepare(`delete from audit_log where id in (${hidden}) and id <= ${LAST_FORWARDED}`)
      .bind(atMs);
    await runBatch(this.#db, [forget, setMarkBack(this.#db)]);
  }
}

function toRecord(row: AuditRow): AuditRecord {
  return {
    id: row.id,
    username: row.username,
    operation: row.operation,
    resourceType: row.resource_type,
    resource: row.resource,
    description: row.description,
    isSuccess: row.is_success === 1,
    atMs: row.at_ms,
  };
}
