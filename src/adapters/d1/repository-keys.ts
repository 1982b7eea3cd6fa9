import { type KeyWindow, MAX_COUNTED } from '#adapters/d1/page';
import { repositoryMatches } from '#adapters/d1/repository-matches';
import { FULL_NAME } from '#adapters/d1/repository-rows';
import { limitedProjects, visibleRepository } from '#adapters/d1/repository-visibility';
import { type Bind, type Bound, bound, type Keys, type Sought } from '#adapters/d1/sought-page';
import { isIndexed } from '#adapters/d1/trigrams';
import { type NamePart, spanOf } from '#core/name-part';
import { projectOf, type RepositoryName, withinProject } from '#core/reference';
import type { RepositoryVisibility } from '#domain/repositories/repository-visibility';

export const ORDERS = {
  name: { column: FULL_NAME, index: 'repositories_listed' },
  creation_time: { column: 'r.created_at_ms', index: 'repositories_created' },
} as const;

export type RepositoryOrder = keyof typeof ORDERS;

/** Of ids as `found`. */
const WITH_ROWS = 'cross join repositories r on r.id = found.id';
export const WITH_NAMES = `${WITH_ROWS} cross join projects p on p.id = r.project_id`;

const BY_AGE = 'repositories r indexed by repositories_newest';

/** By full name. The id makes it plain that a path is one project's, whose names the next index has in order. */
export const BY_PATH = `projects p indexed by projects_path
  cross join repositories r indexed by repositories_listed on r.project_id = p.id`;

/** The keys of everything, in order, without what is invisible. */
export function inOrder(visibility: RepositoryVisibility, orderBy: RepositoryOrder): Keys {
  const bindings: unknown[] = [];
  const isVisible = visibleRepository(visibility, (value) => `?${bindings.push(value)}`);
  if (orderBy === 'name') {
    const keys = ({ direction, reach }: KeyWindow) => `select r.id id, ${FULL_NAME} key from ${BY_PATH}
      where p.repository_count > 0 and r.published_at_ms is not null and ${isVisible}
      order by p.name || '/' ${direction}, p.id ${direction}, r.name ${direction}, r.id ${direction} limit ${reach}`;
    return { keys, bindings };
  }
  const sql = visibility.isUnlimited
    ? `select r.id id, r.created_at_ms key from ${BY_AGE} where r.published_at_ms is not null`
    : `select r.id id, r.created_at_ms key from ${BY_AGE} cross join projects p on p.id = r.project_id
         where r.published_at_ms is not null and ${isVisible}`;
  return { keys: () => sql, bindings };
}

/** The same keys by the projects of which something is visible, out of order. */
export function ofFewProjects(visibility: RepositoryVisibility, orderBy: RepositoryOrder): Keys {
  const bindings: unknown[] = [];
  const bind: Bind = (value) => `?${bindings.push(value)}`;
  const { column, index } = ORDERS[orderBy];
  const projects = `select id from projects where is_public = 1 and deleted_at_ms is null
    union ${limitedProjects(visibility, bind)}`;
  const sql = `select r.id id, ${column} key from (${projects}) found cross join projects p on p.id = found.id
    cross join repositories r indexed by ${index} on r.project_id = p.id
    where r.published_at_ms is not null and ${visibleRepository(visibility, bind)}`;
  return { keys: () => sql, bindings };
}

/** Repositories by their full names. */
export function byNames(names: readonly string[], visibility: RepositoryVisibility, orderBy: RepositoryOrder): Keys {
  return gathering(
    orderBy,
    bound((bind) => named(names, visibleRepository(visibility, bind), bind)),
  );
}

/** Repositories whose full names hold the part. */
export function byPart(part: NamePart, visibility: RepositoryVisibility, orderBy: RepositoryOrder): Keys | Sought {
  const ids = bound((bind) => repositoryMatches(part, limitOf(visibility, bind), bind));
  const gathered = gathering(orderBy, ids);
  // What is visible to one who does not see everything is known only of each match.
  if (!visibility.isUnlimited || spanOf(part) || !isIndexed(part)) return gathered;
  return {
    ids,
    gathered: { sql: gathered.keys({ direction: 'asc', reach: MAX_COUNTED }), bindings: ids.bindings },
    walked: ({ direction, reach, entries }) =>
      bound(
        (bind) => `select id, key from (${entriesInOrder(orderBy, direction)} limit ${entries})
          where instr(full_name, ${bind(part)}) > 0 limit ${reach}`,
      ),
  };
}

/** All repositories with their full names, in order. */
function entriesInOrder(orderBy: RepositoryOrder, direction: 'asc' | 'desc'): string {
  return orderBy === 'name'
    ? `select r.id id, ${FULL_NAME} key, ${FULL_NAME} full_name from ${BY_PATH}
        where p.repository_count > 0 and r.published_at_ms is not null
        order by p.name || '/' ${direction}, p.id ${direction}, r.name ${direction}, r.id ${direction}`
    : `select r.id id, r.created_at_ms key, ${FULL_NAME} full_name from ${BY_AGE} cross join projects p on p.id = r.project_id
        where r.published_at_ms is not null order by r.created_at_ms ${direction}, r.id ${direction}`;
}

/** The keys of ids, in no order. */
function gathering(orderBy: RepositoryOrder, { sql, bindings }: Bound): Keys {
  const keys = `select r.id id, ${ORDERS[orderBy].column} key from (${sql}) found
    ${orderBy === 'name' ? WITH_NAMES : WITH_ROWS}`;
  return { keys: () => keys, bindings, isScattered: true };
}

/** The condition of a visible repository, unless all are. */
export function limitOf(visibility: RepositoryVisibility, bind: Bind): string | undefined {
  return visibility.isUnlimited ? undefined : visibleRepository(visibility, bind);
}

function named(names: readonly string[], isVisible: string, bind: Bind): string {
  const pairs = names
    .filter((name) => name.includes('/'))
    .map((name) => ({ project: projectOf(name as RepositoryName), name: withinProject(name as RepositoryName) }));
  return `select r.id from json_each(${bind(JSON.stringify(pairs))}) n
    cross join projects p on p.name = n.value ->> 'project'
    cross join repositories r on r.project_id = p.id and r.name = n.value ->> 'name'
    where r.published_at_ms is not null and ${isVisible}`;
}
