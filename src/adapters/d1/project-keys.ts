/**
 * Which projects a listing is of, as keys for `listKeyedPage`. Two parts make them up: projects by an index over all of
 * them or over the public ones, in the order of the page and no further; and those that are visible to the caller alone,
 * which are found by the caller's memberships or permissions.
 *
 * A part of a name is looked for with the trigram index, and where one who sees everything seeks what many share, along the
 * index in order; an owner with an index of theirs. What more than 10,000 projects share otherwise finds the first 10,000 of
 * them: by id for a part of a name, by name for an owner. A part of fewer than three
 * characters is no trigram and is looked for in the first 10,000 names. The caller's own projects are all looked at.
 */
import { type KeyedPageQuery, type KeyWindow, MAX_COUNTED } from '#adapters/d1/page';
import { type Bind, bound, type Keys, type Sought } from '#adapters/d1/sought-page';
import { isIndexed, phraseOf } from '#adapters/d1/trigrams';
import type { ProjectFilter, ProjectPage } from '#domain/projects/project-listing';

export const COLUMN_OF = {
  name: 'p.name',
  creation_time: 'p.created_at_ms',
  update_time: 'p.updated_at_ms',
  project_id: 'p.id',
} as const satisfies Record<ProjectPage['orderBy'], string>;

/** The indexes that have live projects in an order: all, and public ones. */
const INDEXES = {
  name: { all: 'projects_live_name', public: 'projects_public_name' },
  creation_time: { all: 'projects_live_created', public: 'projects_public_created' },
  update_time: { all: 'projects_live_updated', public: 'projects_public_updated' },
  project_id: { all: 'projects_live_id', public: 'projects_public_id' },
} as const satisfies Record<ProjectPage['orderBy'], { readonly all: string; readonly public: string }>;

const NONE: Keys = { keys: () => 'select null id, null key where false', bindings: [] };
/** Of the caller's own projects, those that are not among the public ones already; found by their ids, hence the plus. */
const OWN = ['p.deleted_at_ms is null', '+p.is_public = 0'] as const;
/** What a name can be made of. */
const PART_OF_NAME = /^[a-z0-9._-]+$/;

export function projectKeys(filter: ProjectFilter, orderBy: ProjectPage['orderBy']): Keys | Sought {
  const nameContains = filter.nameContains?.toLowerCase() || undefined;
  if (nameContains !== undefined && !PART_OF_NAME.test(nameContains)) return NONE;
  const wanted = { ...filter, nameContains };
  if (nameContains !== undefined && isOfAnyWithPart(wanted)) return sought(nameContains, orderBy);
  const bindings: unknown[] = [];
  const bind: Bind = (value) => `?${bindings.push(value)}`;
  const parts = filter.isUnlimited
    ? [indexed(wanted, orderBy, filter.isPublic, bind)]
    : [
        ...(filter.isPublic === false ? [] : [indexed(wanted, orderBy, true, bind)]),
        ...(filter.isPublic === true ? [] : own(wanted, orderBy, bind)),
      ];
  if (parts.length === 0) return NONE;
  const keys = (window: KeyWindow) => parts.map((part) => part(window)).join(' union all ');
  const total = keptTotal(wanted);
  return { keys, bindings, total, isScattered: total === undefined };
}

/** Whether a listing is of all projects there are whose names hold a part that is indexed. */
function isOfAnyWithPart({ isUnlimited, isPublic, name, owner, nameContains = '' }: ProjectFilter): boolean {
  const isOfAny = isUnlimited && isPublic === undefined && name === undefined && owner === undefined;
  return isOfAny && isIndexed(nameContains);
}

function sought(part: string, orderBy: ProjectPage['orderBy']): Sought {
  const column = COLUMN_OF[orderBy];
  const ids = (bind: Bind) =>
    `select rowid id from project_search where project_search match ${bind(phraseOf(part))} limit ${MAX_COUNTED}`;
  return {
    ids: bound(ids),
    gathered: bound(
      (bind) => `select p.id, ${column} key from (${ids(bind)}) found cross join projects p on p.id = found.id`,
    ),
    walked: ({ direction, reach, entries }) =>
      bound(
        (bind) => `select id, key from (
          select p.id, ${column} key, p.name name from projects p indexed by ${INDEXES[orderBy].all}
            where p.deleted_at_ms is null order by key ${direction}, p.id ${direction} limit ${entries}
        ) where instr(name, ${bind(part)}) > 0 limit ${reach}`,
      ),
  };
}

/** Projects by an index: all, or those with the visibility. */
function indexed(
  filter: ProjectFilter,
  orderBy: ProjectPage['orderBy'],
  isPublic: boolean | undefined,
  bind: Bind,
): (window: KeyWindow) => string {
  const visibility = isPublic === undefined ? [] : [`p.is_public = ${Number(isPublic)}`];
  const candidates = candidateTerms(filter, visibility, bind);
  const { all, public: publicOnes } = INDEXES[orderBy];
  // Candidates are few and found by their ids, which a plus keeps the planner to; without any, the index has the keys.
  const plus = candidates.length > 0 ? '+' : '';
  const terms = ['p.deleted_at_ms is null', ...visibility.map((term) => plus + term), ...candidates].join(' and ');
  const index = isPublic === undefined ? all : publicOnes;
  // Few as they are, they are sorted with the rest.
  if (candidates.length > 0) return () => `select p.id, ${COLUMN_OF[orderBy]} key from projects p where ${terms}`;
  return ({ direction, reach }) =>
    `select id, key from (select p.id, ${COLUMN_OF[orderBy]} key from projects p indexed by ${index} where ${terms}
       order by key ${direction}, p.id ${direction} limit ${reach})`;
}

/** Terms that name the few projects in question; none where every project is. */
function candidateTerms(filter: ProjectFilter, visibility: readonly string[], bind: Bind): readonly string[] {
  const { name, nameContains, owner } = filter;
  const terms: string[] = [];
  if (name !== undefined) terms.push(`p.name = ${bind(name)}`);
  if (nameContains !== undefined && isIndexed(nameContains)) {
    terms.push(`p.id in (select rowid from project_search where project_search match ${bind(phraseOf(nameContains))}
      order by rowid limit ${MAX_COUNTED})`);
  } else if (nameContains !== undefined) {
    const live = ['p.deleted_at_ms is null', ...visibility].join(' and ');
    terms.push(`p.id in (select id from (select p.id, p.name from projects p where ${live} order by p.name
      limit ${MAX_COUNTED}) where instr(name, ${bind(nameContains)}) > 0)`);
  }
  if (owner !== undefined) {
    terms.push(`p.id in (select id from projects where owner_id = ${ownerId(owner, bind)} and deleted_at_ms is null
      order by name limit ${MAX_COUNTED})`);
  }
  return terms;
}

/** Private projects that only this caller, among those who see not all, sees; nobody without an account has any. */
function own(filter: ProjectFilter, orderBy: ProjectPage['orderBy'], bind: Bind): ((window: KeyWindow) => string)[] {
  const ids = ownIds(filter, bind);
  if (ids === undefined) return [];
  const { name, nameContains, owner } = filter;
  const terms = [`p.id in (${ids})`, ...OWN];
  if (name !== undefined) terms.push(`p.name = ${bind(name)}`);
  if (nameContains !== undefined) terms.push(`instr(p.name, ${bind(nameContains)}) > 0`);
  if (owner !== undefined) terms.push(`p.owner_id = ${ownerId(owner, bind)}`);
  return [() => `select p.id, ${COLUMN_OF[orderBy]} key from projects p where ${terms.join(' and ')}`];
}

/** Projects of a person's memberships, or those a machine's permissions name. */
function ownIds({ memberId, visibleIds }: ProjectFilter, bind: Bind): string | undefined {
  if (memberId !== undefined) return memberships(bind(memberId));
  return visibleIds.length > 0 ? `select value from json_each(${bind(JSON.stringify(visibleIds))})` : undefined;
}

function memberships(user: string): string {
  return `select project_id from project_members where user_id = ${user}
    union all select m.project_id from user_group_members g join project_members m on m.group_id = g.group_id
      where g.user_id = ${user}`;
}

function ownerId(owner: string, bind: Bind): string {
  return `(select id from users where username = ${bind(owner)})`;
}

/** How many there are where nothing filters but the visibility: that is kept, but for the caller's own, which are counted. */
function keptTotal(filter: ProjectFilter): KeyedPageQuery['total'] {
  if (filter.name !== undefined || filter.nameContains !== undefined || filter.owner !== undefined) return undefined;
  if (filter.isUnlimited) {
    const counts = { true: 'public_projects', false: 'private_projects', any: 'public_projects + private_projects' };
    return { sql: `select ${counts[`${filter.isPublic ?? 'any'}`]} from statistics`, bindings: [] };
  }
  const bindings: unknown[] = [];
  const ids = filter.isPublic === true ? undefined : ownIds(filter, (value) => `?${bindings.push(value)}`);
  const ownCount =
    ids === undefined
      ? '0'
      : `(select count(*) from projects p where p.id in (${ids})
    and ${OWN.join(' and ')})`;
  const publicCount = filter.isPublic === false ? '0' : '(select public_projects from statistics)';
  return { sql: `select ${publicCount} + ${ownCount}`, bindings };
}
