import { LAST_FORWARDED, setMarkBack } from '#adapters/d1/audit-forwarding';
import { runBatch, withRetries } from '#adapters/d1/batch';
import { progressStatements } from '#adapters/d1/task-progress';
import type { PurgeCandidate, PurgeStore, PurgeWindow } from '#domain/audit/purge-store';
import type { Progress } from '#domain/jobs/progress';

interface CandidateRow {
  readonly id: number;
  readonly at_ms: number;
  readonly resource_type: string;
  readonly is_awaited: number;
}

/** Before any entry. */
const BEGINNING = { atMs: Number.MIN_SAFE_INTEGER, id: 0 };

export class D1PurgeStore implements PurgeStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async read({ operation, beforeMs, after = BEGINNING, limit }: PurgeWindow): Promise<readonly PurgeCandidate[]> {
    const query = this.#db
      .prepare(
        `select id, at_ms, resource_type, id > ${LAST_FORWARDED} is_awaited from audit_log indexed by audit_log_deed
         where is_hidden = 0 and operation = ? and (at_ms, id) > (?, ?) and at_ms < ? order by at_ms, id limit ?`,
      )
      .bind(operation, after.atMs, after.id, beforeMs, limit);
    const { results } = await withRetries(() => query.all<CandidateRow>());
    return results.map((row) => ({
      id: row.id,
      atMs: row.at_ms,
      resourceType: row.resource_type,
      isAwaited: row.is_awaited === 1,
    }));
  }

  async delete(ids: readonly number[], progress: Progress): Promise<void> {
    await runBatch(this.#db, [
      this.#db.prepare('delete from audit_log where id in (select value from json_each(?))').bind(JSON.stringify(ids)),
      setMarkBack(this.#db),
      ...progressStatements(this.#db, progress),
    ]);
  }
}
