import { runBatch, withRetries } from '#adapters/d1/batch';
import type { IntentStore } from '#domain/blobs/intent-store';

export class D1IntentStore implements IntentStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async open(prefix: string, nowMs: number): Promise<void> {
    const insert = this.#db.prepare(
      'insert into object_intents (prefix, opened_at_ms) values (?, ?) on conflict do nothing',
    );
    await withRetries(() => insert.bind(prefix, nowMs).run());
  }

  async before(bound: string, limit: number): Promise<readonly string[]> {
    const select = this.#db.prepare('select prefix from object_intents where prefix < ? order by prefix limit ?');
    const { results } = await withRetries(() => select.bind(bound, limit).all<{ prefix: string }>());
    return results.map((row) => row.prefix);
  }

  async close(prefix: string): Promise<void> {
    await runBatch(this.#db, [
      // No upload can name their keys any more. What is still to be deleted is left to whoever does that: it may have been
      // doomed after the sweep had found it in use.
      this.#db
        .prepare('delete from doomed_objects where object_key >= ?1 and object_key < ?2 and deleted_at_ms is not null')
        .bind(prefix, `${prefix}~`),
      this.#db.prepare('delete from object_intents where prefix = ?').bind(prefix),
    ]);
  }
}
