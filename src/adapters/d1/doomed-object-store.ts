import { runBatch, withRetries } from '#adapters/d1/batch';
import { progressStatements } from '#adapters/d1/task-progress';
import type { DoomedObjectStore } from '#domain/gc/garbage-store';
import type { Progress } from '#domain/jobs/progress';

export class D1DoomedObjectStore implements DoomedObjectStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async pending(limit: number): Promise<readonly string[]> {
    const query = this.#db.prepare(
      'select object_key from doomed_objects where deleted_at_ms is null order by object_key limit ?',
    );
    const { results } = await withRetries(() => query.bind(limit).all<{ object_key: string }>());
    return results.map((row) => row.object_key);
  }

  async markDeleted(objectKeys: readonly string[], settledBound: string, progress: Progress): Promise<void> {
    const keys = JSON.stringify(objectKeys);
    await runBatch(this.#db, [
      ...progressStatements(this.#db, progress),
      this.#db
        .prepare('delete from doomed_objects where object_key in (select value from json_each(?1)) and object_key < ?2')
        .bind(keys, settledBound),
      this.#db
        .prepare('update doomed_objects set deleted_at_ms = ?2 where object_key in (select value from json_each(?1))')
        .bind(keys, progress.nowMs),
    ]);
  }
}
