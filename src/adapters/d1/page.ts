import { runBatch } from '#adapters/d1/batch';
import type { Conditions } from '#adapters/d1/conditions';
import type { OffsetPage } from '#core/pagination';

/** A filtered total is counted no further than this. */
export const MAX_COUNTED = 10_000;
/** From this offset on the total is asked for first, as the page may lie nearer to the end. */
const DEEP_OFFSET = 1_000;

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
  return { rows: rowsOf<Row>(listed), total: totalOf(counted) };
}

/** How far into its order a page reads; a part of the keys that is cut off there already loses nothing of the page. */
export interface KeyWindow {
  readonly direction: 'asc' | 'desc';
  /** Keys from the beginning of the order to the page's last. */
  readonly reach: number;
}

export interface KeyedPageQuery {
  /**
   * `select <id> id, <column> key from … where …`, without order and limit, such that a covering index has it all in the
   * order of key and id. Of a union each part should be ordered and cut off by the window.
   */
  readonly keys: (window: KeyWindow) => string;
  /** What `?1`, `?2`, … of the keys stand for. */
  readonly bindings: readonly unknown[];
  readonly isDescending: boolean;
  /** Whether no index has the keys in order: then they should be few, and are found once for both page and total. */
  readonly isScattered?: boolean;
  /** SQL of the number of all keys, where one is kept; otherwise they are counted, to 10,000. */
  readonly total?: { readonly sql: string; readonly bindings: readonly unknown[] } | undefined;
  /** `select … from …` of what is shown, without `where`; `bind` gives a value's parameter. */
  readonly select: (bind: (value: unknown) => string) => string;
  /** What the keys are called there, `p.id` and `p.name`. */
  readonly id: string;
  readonly column: string;
  readonly page: OffsetPage;
}

/**
 * As {@link listPage}, of a table that grows with the registry: the ids of the page come first, from an index alone, and
 * no other row is read. The skipping of a deep page steps over entries of that index, from whichever end is nearer.
 */
export async function listKeyedPage<Row>(
  db: D1Database,
  query: KeyedPageQuery,
): Promise<{ readonly rows: readonly Row[]; readonly total: number }> {
  if (query.isScattered && !query.total) return listScatteredPage(db, query);
  const count = totalStatement(db, query);
  if (query.page.offset < DEEP_OFFSET) {
    const [listed, counted] = await runBatch(db, [rowsStatement(db, query, forward(query)), count]);
    return { rows: rowsOf<Row>(listed), total: totalOf(counted) };
  }
  const [counted] = await runBatch(db, [count]);
  const total = totalOf(counted);
  const isExact = query.total !== undefined || total < MAX_COUNTED;
  if (isExact && query.page.offset >= total) return { rows: [], total };
  const isNearEnd = isExact && query.page.offset > total / 2;
  const slice = isNearEnd ? backward(query, total) : forward(query);
  const [listed] = await runBatch(db, [rowsStatement(db, query, slice)]);
  return { rows: rowsOf<Row>(listed), total };
}

/** Finds all keys, and reads the rows of the page; which is the first or has rows, or else only the total is wanted. */
async function listScatteredPage<Row>(db: D1Database, query: KeyedPageQuery) {
  const slice = forward(query);
  const found = query.keys({ direction: slice.direction, reach: Math.max(slice.offset + slice.limit, MAX_COUNTED) });
  const counted = `select (select count(*) from (select 1 from found limit ${MAX_COUNTED})) as total, `;
  const { sql, bindings } = rowsQuery({ ...query, keys: () => 'select id, key from found' }, slice);
  const statement = db
    .prepare(`with found as materialized (${found}) ${sql.replace(/^\s*select /, counted)}`)
    .bind(...bindings);
  const [listed] = await runBatch(db, [statement]);
  const rows = rowsOf<Row & { readonly total: number }>(listed);
  const [first] = rows;
  if (first || query.page.offset === 0) return { rows, total: first?.total ?? 0 };
  const [count] = await runBatch(db, [totalStatement(db, query)]);
  return { rows, total: totalOf(count) };
}

type PageWindow = Pick<KeyedPageQuery, 'page' | 'isDescending'>;

/** What says which rows a page shows, however they are counted. */
export type RowsQuery = Omit<KeyedPageQuery, 'isScattered' | 'total'>;

/** A page as an order and a window of it. */
export interface Slice extends OffsetPage {
  readonly direction: 'asc' | 'desc';
}

export function forward({ page, isDescending }: PageWindow): Slice {
  return { ...page, direction: isDescending ? 'desc' : 'asc' };
}

/** The same keys, counted from the other end. */
export function backward({ page, isDescending }: PageWindow, total: number): Slice {
  const limit = Math.min(page.limit, total - page.offset);
  return { limit, offset: total - page.offset - limit, direction: isDescending ? 'asc' : 'desc' };
}

export function rowsStatement(db: D1Database, query: RowsQuery, slice: Slice): D1PreparedStatement {
  const { sql, bindings } = rowsQuery(query, slice);
  return db.prepare(sql).bind(...bindings);
}

function rowsQuery(query: RowsQuery, slice: Slice): { readonly sql: string; readonly bindings: readonly unknown[] } {
  const { keys, id, column, isDescending } = query;
  const bindings = [...query.bindings, slice.limit, slice.offset];
  const [limit, offset] = [bindings.length - 1, bindings.length];
  const select = query.select((value) => `?${bindings.push(value)}`);
  const window = { direction: slice.direction, reach: slice.offset + slice.limit };
  const order = isDescending ? 'desc' : 'asc';
  const sql = `${select} where ${id} in (
      select id from (${keys(window)}) order by key ${slice.direction}, id ${slice.direction} limit ?${limit} offset ?${offset}
    ) order by ${column} ${order}, ${id} ${order}`;
  return { sql, bindings };
}

function totalStatement(db: D1Database, { total, keys, bindings }: KeyedPageQuery): D1PreparedStatement {
  if (total) return db.prepare(`select (${total.sql}) total`).bind(...total.bindings);
  const counted = keys({ direction: 'asc', reach: MAX_COUNTED });
  return db.prepare(`select count(*) total from (select id from (${counted}) limit ${MAX_COUNTED})`).bind(...bindings);
}

export function rowsOf<Row>(result: D1Result | undefined): Row[] {
  return (result?.results ?? []) as Row[];
}

export function totalOf(result: D1Result | undefined): number {
  return ((result?.results ?? []) as { total: number }[])[0]?.total ?? 0;
}
