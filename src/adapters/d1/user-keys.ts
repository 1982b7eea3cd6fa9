/**
 * Which accounts a listing is of. A part of a name or an address is looked for with the trigram index; one of fewer than
 * three characters is in no trigram and is looked for in the first 10,000 accounts by name, or in what else the filter finds.
 */
import { conditions, containing } from '#adapters/d1/conditions';
import { MAX_COUNTED } from '#adapters/d1/page';
import { bound, type Keys, type Sought } from '#adapters/d1/sought-page';
import { isIndexed, isNowhere, phraseOf } from '#adapters/d1/trigrams';
import type { UserFilter, UserPage } from '#domain/users/user-store';

/** The columns accounts are sorted by, each with the index that has them in that order. */
const ORDERS = {
  user_id: { column: 'u.id', index: 'users_live_id' },
  username: { column: 'u.username', index: 'users_live_username' },
  creation_time: { column: 'u.created_at_ms', index: 'users_live_created' },
  update_time: { column: 'u.updated_at_ms', index: 'users_live_updated' },
} as const satisfies Record<UserPage['orderBy'], { readonly column: string; readonly index: string }>;

const LIVE = 'u.deleted_at_ms is null';
const NONE: Keys = { keys: () => 'select null id, null key where false', bindings: [] };
/** Characters whose case SQLite and its trigram index take in the same way. */
const ASCII = /^[\u0020-\u007e]*$/;

/** A part of one of the columns. */
interface Part {
  readonly column: 'username' | 'email';
  readonly text: string;
}

export function userColumn(orderBy: UserPage['orderBy']): string {
  return ORDERS[orderBy].column;
}

/** The keys of a page, or, where parts of names are looked for in all of them, what finds these. */
export function userKeys(filter: UserFilter, orderBy: UserPage['orderBy']): Keys | Sought {
  const parts = partsOf(filter);
  if (parts.some(({ text }) => isNowhere(text))) return NONE;
  if (filter.username !== undefined || filter.email !== undefined) return named(filter, parts, orderBy);
  const { column, index } = ORDERS[orderBy];
  if (parts.length === 0) {
    const keys = `select u.id, ${column} key from users u indexed by ${index} where ${LIVE}`;
    return { keys: () => keys, bindings: [], total: { sql: 'select users from statistics', bindings: [] } };
  }
  const isSought = parts.every(({ text }) => isIndexed(text) && ASCII.test(text));
  return isSought ? sought(parts, orderBy) : candidates(parts, orderBy);
}

function partsOf({ usernameContains, emailContains }: UserFilter): readonly Part[] {
  const parts: Part[] = [];
  if (usernameContains) parts.push({ column: 'username', text: usernameContains });
  if (emailContains) parts.push({ column: 'email', text: emailContains });
  return parts;
}

/** The one account of a name or an address. */
function named({ username, email }: UserFilter, parts: readonly Part[], orderBy: UserPage['orderBy']): Keys {
  const where = holding(parts)
    .add((value) => `u.username = ${value}`, username)
    .add((value) => `u.email = ${value}`, email);
  const keys = `select u.id, ${ORDERS[orderBy].column} key from users u where ${where.sql}`;
  return { keys: () => keys, bindings: where.bindings, isScattered: true };
}

/** Accounts with all the parts. */
function sought(parts: readonly Part[], orderBy: UserPage['orderBy']): Sought {
  const { column, index } = ORDERS[orderBy];
  const query = matchOf(parts);
  const ids = `select rowid id from user_search where user_search match ?1 limit ${MAX_COUNTED}`;
  const where = holding(parts);
  return {
    ids: { sql: ids, bindings: [query] },
    gathered: {
      sql: `select u.id, ${column} key from (${ids}) found cross join users u on u.id = found.id`,
      bindings: [query],
    },
    walked: ({ direction, reach, entries }) => ({
      sql: `select u.id, ${column} key from (select u.id, ${column} key from users u indexed by ${index} where ${LIVE}
            order by key ${direction}, u.id ${direction} limit ${entries}) entry
          cross join users u on u.id = entry.id where ${where.sql} limit ${reach}`,
      bindings: where.bindings,
    }),
  };
}

/** The same where a trigram index does not tell all: what it tells, or the first accounts by name, is looked at. */
function candidates(parts: readonly Part[], orderBy: UserPage['orderBy']): Keys {
  const indexed = parts.filter(({ text }) => isIndexed(text));
  const { sql, bindings } = bound((bind) =>
    indexed.length > 0
      ? `select rowid id from user_search where user_search match ${bind(matchOf(indexed))} limit ${MAX_COUNTED}`
      : `select u.id from users u indexed by users_live_username where ${LIVE} order by u.username limit ${MAX_COUNTED}`,
  );
  const where = holding(
    parts.filter((part) => !indexed.includes(part)),
    bindings,
  );
  const keys = `select u.id, ${ORDERS[orderBy].column} key from (${sql}) found cross join users u on u.id = found.id
    where ${where.sql}`;
  return { keys: () => keys, bindings: where.bindings, isScattered: true };
}

function holding(parts: readonly Part[], bindings: readonly unknown[] = []) {
  const where = conditions([LIVE], bindings);
  for (const { column, text } of parts) where.add(containing(`u.${column}`), text);
  return where;
}

function matchOf(parts: readonly Part[]): string {
  return parts.map(({ column, text }) => phraseOf(text, column)).join(' AND ');
}
