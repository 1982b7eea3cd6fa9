import { NEVER_MS } from '#adapters/d1/job-launch';
import { laneBoundStatements } from '#adapters/d1/lane-bound';
import { JOB_CATALOGUE } from '#domain/jobs/job-catalogue';
import type { Launch } from '#domain/jobs/launch';

/** Characters of one list of launches, of 3 bytes each at most; a value in D1 may have 2 MB. */
const MAX_LIST_LENGTH = 600_000;
/** Ended runs that go with one batch, at most. */
const FORGOTTEN_AT_ONCE = 200;

interface LaunchRow {
  readonly key: string;
  /** JSON of an object. */
  readonly json: string;
}

/**
 * As `launchStatements`, for many runs of one task each that nobody asked for: a few statements, however many they are, as an
 * invocation may make 1,000. Runs whose key is known do nothing, and so do repetitions of a key. The last statement answers
 * the tasks that may run.
 */
export function launchAllStatements(db: D1Database, launches: readonly Launch[]): D1PreparedStatement[] {
  const [first] = launches;
  if (!first) return [];
  const { nowMs } = first;
  const rows = firstOfKeys(launches).map(toRow);
  const lanes = new Set(launches.flatMap(({ tasks }) => tasks.flatMap(({ lane }) => lane ?? [])));
  return [
    ...forgetStatements(db, launches),
    ...lists(rows).flatMap((list) => [executionsStatement(db, list, nowMs), tasksStatement(db, list, nowMs)]),
    turnStatement(db, [...lanes], nowMs),
    ...laneBoundStatements(db, launches),
    wakeStatement(db, rows, nowMs),
  ];
}

function firstOfKeys(launches: readonly Launch[]): readonly Launch[] {
  const known = new Set<string>();
  return launches.filter(({ launchKey }) => !known.has(launchKey) && known.add(launchKey));
}

function toRow({ vendorType, vendorId, trigger, operator, launchKey, parameters, tasks: [task] }: Launch): LaunchRow {
  const row = { vendorType, vendorId, trigger, operator, launchKey, parameters, task };
  return { key: launchKey, json: JSON.stringify(row) };
}

/** JSON lists of rows, in their order, none longer than may be. */
function lists(rows: readonly LaunchRow[]): readonly string[] {
  const lists: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const { json } of rows) {
    if (length + json.length > MAX_LIST_LENGTH) {
      lists.push([]);
      length = 0;
    }
    lists.at(-1)?.push(json);
    length += json.length + 1;
  }
  return lists.map((list) => `[${list.join(',')}]`);
}

/** Older ended runs of the same policies than are kept; a statement for each number of those. */
function forgetStatements(db: D1Database, launches: readonly Launch[]): D1PreparedStatement[] {
  const policies = new Map(launches.map((launch) => [`${launch.vendorType}:${launch.vendorId}`, launch]));
  const byKept = Map.groupBy(policies.values(), ({ vendorType }) => JOB_CATALOGUE[vendorType].keptExecutions);
  const forget = `delete from executions where id in (
    select e.id from json_each(?1) p cross join executions e
      on e.vendor_type = p.value ->> 0 and e.vendor_id = p.value ->> 1 and e.id <= (
        select k.id from executions k where k.vendor_type = p.value ->> 0 and k.vendor_id = p.value ->> 1
        order by k.id desc limit 1 offset ?2)
    where e.ended_at_ms is not null limit ${FORGOTTEN_AT_ONCE})`;
  return [...byKept].map(([kept, group]) =>
    db.prepare(forget).bind(JSON.stringify(group.map(({ vendorType, vendorId }) => [vendorType, vendorId])), kept - 1),
  );
}

function executionsStatement(db: D1Database, list: string, nowMs: number): D1PreparedStatement {
  const of = (field: string) => `n.value ->> '$.${field}'`;
  return db
    .prepare(
      `insert into executions (vendor_type, vendor_id, trigger, operator, launch_key, status, parameters, started_at_ms,
         updated_at_ms)
       select ${of('vendorType')}, ${of('vendorId')}, ${of('trigger')}, ${of('operator')}, ${of('launchKey')}, 'Running',
         n.value -> '$.parameters', ?2, ?2
       from json_each(?1) n where true order by n.key on conflict do nothing`,
    )
    .bind(list, nowMs);
}

/** Due when their turn comes, which {@link turnStatement} sees to for the first. */
function tasksStatement(db: D1Database, list: string, nowMs: number): D1PreparedStatement {
  return db
    .prepare(
      `insert into tasks (execution_id, vendor_type, job_id, lane, status, parameters, results, due_at_ms, created_at_ms,
         updated_at_ms)
       select e.id, e.vendor_type, n.value ->> '$.task.jobId', n.value ->> '$.task.lane', 'Pending',
         n.value -> '$.task.parameters', '{}', iif(n.value ->> '$.task.lane' is null, ?2, ${NEVER_MS}), ?2, ?2
       from json_each(?1) n cross join executions e on e.launch_key = n.value ->> '$.launchKey'
       where e.task_count = 0 and e.ended_at_ms is null order by n.key`,
    )
    .bind(list, nowMs);
}

/** The first of each lane may run, unless it has been told so before. */
function turnStatement(db: D1Database, lanes: readonly string[], nowMs: number): D1PreparedStatement {
  return db
    .prepare(
      `update tasks set due_at_ms = ?2 where due_at_ms = ${NEVER_MS} and status = 'Pending' and id in (
         select (select t.id from tasks t where t.lane = l.value and t.due_at_ms is not null order by t.id limit 1)
         from json_each(?1) l)`,
    )
    .bind(JSON.stringify(lanes), nowMs);
}

function wakeStatement(db: D1Database, rows: readonly LaunchRow[], nowMs: number): D1PreparedStatement {
  return db
    .prepare(
      `select t.id from json_each(?1) k cross join executions e on e.launch_key = k.value
         join tasks t on t.execution_id = e.id where t.due_at_ms <= ?2 order by t.id`,
    )
    .bind(JSON.stringify(rows.map(({ key }) => key)), nowMs);
}
