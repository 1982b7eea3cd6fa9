/**
 * The part of the log that a filtered listing looks at: entries in the order of time, by the index that has what the filter
 * names, and no more than 10,000 of them. What else the filter asks for is looked up row by row within that part alone.
 */
import { type Conditions, conditions } from '#adapters/d1/conditions';
import { type KeyedPageQuery, MAX_COUNTED } from '#adapters/d1/page';
import type { AuditScope } from '#domain/audit/audit';
import type { AuditFilter } from '#domain/audit/audit-store';

export interface AuditWindow {
  /** `select id, at_ms from …` in the order of time; of the first `reach` entries where nothing must be looked up. */
  readonly sql: (direction: 'asc' | 'desc', reach: number) => string;
  /** Whether it looks at more entries than it has. */
  readonly isLookup: boolean;
  /** Whether what is looked up is found in the order of time. */
  readonly isInOrder: boolean;
  /** What `?1`… of it stand for. */
  readonly bindings: readonly unknown[];
}

/** The projects in question; undefined `ids` are any, and with `isAny` it must be one at all. */
interface Projects {
  readonly ids?: readonly number[] | undefined;
  readonly isAny?: boolean;
}

interface Driver {
  readonly index: string;
  /** What the index finds. */
  readonly where: Conditions;
  /** What it does not. */
  readonly filter: AuditFilter;
  readonly projects: Projects;
}

/** What a filter can ask of a row. */
const LOOKED_UP = ['project_id', 'username', 'operation', 'resource_type', 'resource', 'description', 'is_success'];
const VISIBLE = 'is_hidden = 0';

/** The keys of all entries, or of all of one project, whose number is kept; undefined where something filters them. */
export function wholeLog(
  scope: AuditScope,
  filter: AuditFilter,
): Pick<KeyedPageQuery, 'keys' | 'bindings' | 'total'> | undefined {
  const { projectId: _, ...others } = filter;
  const { ids, isAny } = projectsOf(scope, filter);
  if (isAny || Object.values(others).some((condition) => condition !== undefined)) return undefined;
  const keys = (index: string) => `select id, at_ms key from audit_log indexed by ${index} where ${VISIBLE}`;
  if (ids === undefined) {
    const total = { sql: 'select audit_entries from statistics', bindings: [] };
    return { keys: () => keys('audit_log_at'), bindings: [], total };
  }
  const [projectId, ...more] = ids;
  if (projectId === undefined || more.length > 0) return undefined;
  const total = {
    sql: 'select coalesce((select audit_entry_count from projects where id = ?), 0)',
    bindings: [projectId],
  };
  return { keys: () => `${keys('audit_log_project')} and project_id = ?1`, bindings: [projectId], total };
}

export function auditWindow(scope: AuditScope, filter: AuditFilter): AuditWindow {
  const projects = projectsOf(scope, filter);
  const isOfSeveral = projects.ids !== undefined && projects.ids.length !== 1;
  if (isOfSeveral && filter.username?.match !== 'exact') return ofSeveral(projects.ids, filter);
  const driver = driverOf(projects, filter);
  const where = driver.where.matching('at_ms', filter.atMs);
  const entries = (columns: string, order: string, limit: number) =>
    `select ${columns} from audit_log a indexed by ${driver.index} where ${where.sql} order by ${order} limit ${limit}`;
  const sought = lookups(driver.filter, driver.projects, where.bindings);
  return { ...lookingUp(entries, sought, MAX_COUNTED), isInOrder: true };
}

/** The projects in question once the filter has named one. */
function projectsOf(scope: AuditScope, { projectId }: AuditFilter): Projects {
  if (scope.kind === 'projects') {
    return { ids: scope.ids.filter((id) => projectId === undefined || id === projectId.value) };
  }
  return projectId ? { ids: [projectId.value] } : { isAny: scope.kind === 'any-project' };
}

function driverOf(projects: Projects, filter: AuditFilter): Driver {
  const where = conditions([VISIBLE]);
  const { username, operation } = filter;
  const [projectId] = projects.ids ?? [];
  if (username?.match === 'exact') {
    where.matching('username', username);
    return { index: 'audit_log_user', where, filter: { ...filter, username: undefined }, projects };
  }
  if (projectId !== undefined) {
    where.add((value) => `project_id = ${value}`, projectId);
    return { index: 'audit_log_project', where, filter, projects: {} };
  }
  if (operation?.match === 'exact') {
    where.matching('operation', operation);
    return { index: 'audit_log_deed', where, filter: { ...filter, operation: undefined }, projects };
  }
  return { index: 'audit_log_at', where, filter, projects };
}

/** Each of n projects has its first 10,000 / n entries in the listing. */
function ofSeveral(ids: readonly number[], filter: AuditFilter): AuditWindow {
  const where = conditions([VISIBLE, 'project_id = p.value'], [JSON.stringify(ids)]).matching('at_ms', filter.atMs);
  const entries = (columns: string, order: string, limit: number) =>
    `select ${columns} from json_each(?1) p cross join audit_log a where a.id in (
       select id from audit_log indexed by audit_log_project where ${where.sql} order by ${order.replaceAll('a.', '')}
         limit ${limit}) order by ${order}`;
  const each = Math.ceil(MAX_COUNTED / Math.max(ids.length, 1));
  return { ...lookingUp(entries, lookups(filter, {}, where.bindings), each), isInOrder: false };
}

/** Terms about what the index does not have. */
function lookups(filter: AuditFilter, { ids, isAny }: Projects, bindings: readonly unknown[]): Conditions {
  return conditions(isAny ? ['project_id is not null'] : [], bindings)
    .add((value) => `project_id in (select value from json_each(${value}))`, ids && JSON.stringify(ids))
    .matching('id', filter.id)
    .matching('username', filter.username)
    .matching('operation', filter.operation)
    .matching('resource_type', filter.resourceType)
    .matching('resource', filter.resource)
    .matching('description', filter.description)
    .matching('is_success', filter.isSuccess);
}

function lookingUp(
  entries: (columns: string, order: string, limit: number) => string,
  sought: Conditions,
  limit: number,
): Omit<AuditWindow, 'isInOrder'> {
  const isLookup = sought.sql !== 'true';
  const columns = ['id', 'at_ms', ...(isLookup ? LOOKED_UP : [])].map((column) => `a.${column}`).join(', ');
  return {
    bindings: sought.bindings,
    isLookup,
    sql: (direction, reach) => {
      const order = `a.at_ms ${direction}, a.id ${direction}`;
      const found = entries(columns, order, isLookup ? limit : Math.min(limit, reach));
      return isLookup ? `select id, at_ms from (${found}) where ${sought.sql}` : found;
    },
  };
}
