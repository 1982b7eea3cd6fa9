import { runBatch } from '#adapters/d1/batch';
import {
  backward,
  forward,
  type KeyedPageQuery,
  type KeyWindow,
  listKeyedPage,
  MAX_COUNTED,
  type RowsQuery,
  rowsOf,
  rowsStatement,
  type Slice,
  totalOf,
} from '#adapters/d1/page';

/** So many matches are sorted without a thought. */
const FEW = 100;
/** Rows that are read for each match that is sorted: itself, what it is sorted by, and its place in the order. */
const ROWS_A_MATCH = 4;

/** SQL with what its parameters stand for. */
export interface Bound {
  readonly sql: string;
  readonly bindings: readonly unknown[];
}

/** Binds a value; answers the parameter that stands for it. */
export type Bind = (value: unknown) => string;

/** How far a walk goes: to the page's last key, or until it has looked at so many entries of the index. */
interface WalkWindow extends KeyWindow {
  readonly entries: number;
}

/** A listing of what few or very many rows match: those whose names hold a text, those with a label. */
interface SoughtPageQuery extends Omit<KeyedPageQuery, 'keys' | 'bindings' | 'isScattered' | 'total'> {
  /** `select id …` of all that match, from the index that has them in no order; no more than {@link MAX_COUNTED}. */
  readonly ids: Bound;
  /** `select id, key …` of the same. */
  readonly gathered: Bound;
  /** The same again, in the order of the page: of the first entries of an index in that order, those that match. */
  readonly walked: (window: WalkWindow) => Bound;
}

/** What a listing finds its keys by: an index, or what looks for them. */
export type Keys = Pick<KeyedPageQuery, 'keys' | 'bindings' | 'total' | 'isScattered'>;
export type Sought = Pick<SoughtPageQuery, 'ids' | 'gathered' | 'walked'>;

/** What else a page is made of. */
type Shown = Omit<SoughtPageQuery, keyof Sought>;

/** One page of what is found in either way. */
export function listFound<Row>(
  db: D1Database,
  found: Keys | Sought,
  shown: Shown,
): Promise<{ readonly rows: readonly Row[]; readonly total: number }> {
  return 'ids' in found ? listSoughtPage(db, { ...found, ...shown }) : listKeyedPage(db, { ...found, ...shown });
}

/**
 * One page of what matches, and how many do, counted to {@link MAX_COUNTED}. Few matches are sorted; among many, the first
 * in order are soon found, so that the index in order is read and each entry of it tested. That ends where sorting would
 * have been cheaper, which is then done, so that nothing reads more than a fixed number of rows for each match.
 */
async function listSoughtPage<Row>(
  db: D1Database,
  query: SoughtPageQuery,
): Promise<{ readonly rows: readonly Row[]; readonly total: number }> {
  const { ids, gathered, page } = query;
  const count = `select count(*) total from (select 1 from (${ids.sql}) limit ${MAX_COUNTED})`;
  const [counted] = await runBatch(db, [db.prepare(count).bind(...ids.bindings)]);
  const total = totalOf(counted);
  const expected = Math.min(page.limit, total - page.offset);
  if (total < MAX_COUNTED && expected <= 0) return { rows: [], total };
  if (total > FEW) {
    const rows = await walk<Row>(db, query, total);
    if (rows.length >= Math.max(expected, 1)) return { rows, total };
  }
  const [listed] = await runBatch(db, [
    rowsStatement(
      db,
      withKeys(query, () => gathered),
      forward(query),
    ),
  ]);
  return { rows: rowsOf<Row>(listed), total };
}

async function walk<Row>(db: D1Database, query: SoughtPageQuery, total: number): Promise<readonly Row[]> {
  const entries = total * ROWS_A_MATCH;
  const isNearEnd = total < MAX_COUNTED && query.page.offset > total / 2;
  const slice: Slice = isNearEnd ? backward(query, total) : forward(query);
  const keys = withKeys(query, (window) => query.walked({ ...window, entries }));
  const [listed] = await runBatch(db, [rowsStatement(db, keys, slice)]);
  return rowsOf<Row>(listed);
}

/** The parameters of the keys are the same in each window. */
function withKeys(query: SoughtPageQuery, keys: (window: KeyWindow) => Bound): RowsQuery {
  const { bindings } = keys({ direction: 'asc', reach: 0 });
  return { ...query, keys: (window) => keys(window).sql, bindings };
}

/** What `sql` makes of values that it binds. */
export function bound(sql: (bind: Bind) => string): Bound {
  const bindings: unknown[] = [];
  return { sql: sql((value) => `?${bindings.push(value)}`), bindings };
}
