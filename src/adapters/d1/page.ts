import { runBatch } from '#adapters/d1/batch';
import type { Conditions } from '#adapters/d1/conditions';
import type { OffsetPage } from '#core/pagination';

/** A filtered total is counted no further than this. */
const MAX_COUNTED = 10_000;

export interface PageQuery {
  /** `select … from …`, without `where`. */
  readonly select: string;
  readonly where: Conditions;
  readonly order: { readonly column: string; readonly isDescending: boolean; readonly tieBreaker: string };
  readonly page: OffsetPage;
}

/** One page of a listing, and how many rows there are in all. */
export async function listPage<Row>(
  db: D1Database,
  { select, where, order, page }: PageQuery,
): Promise<{ readonly rows: readonly Row[]; readonly total: number }> {
  const direction = order.isDescending ? 'desc' : 'asc';
  const rows = db
    .prepare(
      `${select} where ${where.sql} order by ${order.column} ${direction}, ${order.tieBreaker} ${direction}
         limit ? offset ?`,
    )
    .bind(...where.bindings, page.limit, page.offset);
  const count = db
    .prepare(`select count(*) total from (${select} where ${where.sql} limit ${MAX_COUNTED})`)
    .bind(...where.bindings);
  const [listed, counted] = await runBatch(db, [rows, count]);
  return {
    rows: (listed?.results ?? []) as Row[],
    total: ((counted?.results ?? []) as { total: number }[])[0]?.total ?? 0,
  };
}
