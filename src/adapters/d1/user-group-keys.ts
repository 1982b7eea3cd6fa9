/**
 * Which groups a listing is of, by id: the trigram index has its rows in that order too. A part of fewer than three
 * characters is looked for in the first 10,000 groups.
 */
import { type Conditions, conditions, containing } from '#adapters/d1/conditions';
import { type KeyedPageQuery, MAX_COUNTED } from '#adapters/d1/page';
import { isIndexed, isNowhere, phraseOf } from '#adapters/d1/trigrams';
import { GROUP_TYPES, type GroupType } from '#domain/groups/user-group';
import type { UserGroupFilter } from '#domain/groups/user-group-store';

type Keys = Pick<KeyedPageQuery, 'keys' | 'bindings' | 'total'>;

const NONE: Keys = { keys: () => 'select null id, null key where false', bindings: [] };
const KEYS = 'select g.id, g.id key from';

const TOTAL_OF = {
  [GROUP_TYPES.ldap]: 'ldap_groups',
  [GROUP_TYPES.http]: 'http_groups',
  [GROUP_TYPES.oidc]: 'oidc_groups',
} as const satisfies Record<GroupType, string>;

export function userGroupKeys({ type, name, nameContains: part, key }: UserGroupFilter): Keys {
  if (part && isNowhere(part)) return NONE;
  const where = conditions([])
    .add((value) => `g.type = ${value}`, type)
    .add((value) => `g.key = ${value}`, key)
    .add((value) => `g.name = ${value}`, name);
  const isNamed = key !== undefined || name !== undefined;
  if (!part) return isNamed ? matching(where) : { ...matching(where), total: totalOf(type) };
  if (isNamed) return matching(where.add(containing('g.name'), part));
  return isIndexed(part) ? byTrigrams(part, where) : amongFirst(part, where);
}

function matching(where: Conditions): Keys {
  return { keys: () => `${KEYS} user_groups g where ${where.sql}`, bindings: where.bindings };
}

function byTrigrams(part: string, where: Conditions): Keys {
  const match = where.bind(phraseOf(part));
  const found = (direction: string) =>
    `select rowid id from user_group_search where user_group_search match ${match} order by rowid ${direction} limit ${MAX_COUNTED}`;
  return {
    keys: ({ direction, reach }) =>
      `${KEYS} (${found(direction)}) found cross join user_groups g on g.id = found.id where ${where.sql} limit ${reach}`,
    bindings: where.bindings,
  };
}

function amongFirst(part: string, where: Conditions): Keys {
  const groups = `select id, name from user_groups g where ${where.sql} order by id limit ${MAX_COUNTED}`;
  const bindings = [...where.bindings, part];
  return {
    keys: () => `${KEYS} (${groups}) g where ${containing('g.name')(`?${bindings.length}`)}`,
    bindings,
  };
}

function totalOf(type: GroupType | undefined) {
  const column = type === undefined ? 'ldap_groups + http_groups + oidc_groups' : TOTAL_OF[type];
  return { sql: `select ${column} from statistics`, bindings: [] };
}
