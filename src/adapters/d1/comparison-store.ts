import { withRetries } from '#adapters/d1/batch';
import { D1BlobStore } from '#adapters/d1/blob-store';
import type { ComparisonStore } from '#domain/gc/comparison-store';

interface BlobKeyRow {
  readonly object_key: string;
  readonly digest: string;
}

/** Sorts after every key. */
const NO_END = '\u{10ffff}';

export class D1ComparisonStore implements ComparisonStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async blobsBetween(after: string, upTo: string | undefined, limit: number) {
    const query = this.#db
      .prepare(
        'select object_key, digest from blobs where object_key > ?1 and object_key <= ?2 order by object_key limit ?3',
      )
      .bind(after, upTo ?? NO_END, limit);
    const { results } = await withRetries(() => query.all<BlobKeyRow>());
    return results.map((row) => ({ objectKey: row.object_key, digest: row.digest }));
  }

  keysInUse(objectKeys: readonly string[]): Promise<ReadonlySet<string>> {
    return new D1BlobStore({ db: this.#db }).keysInUse(objectKeys);
  }
}
