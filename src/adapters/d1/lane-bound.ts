import { endStatement, logLineStatement } from '#adapters/d1/task-endings';
import { JOB_CATALOGUE } from '#domain/jobs/job-catalogue';
import type { Launch } from '#domain/jobs/launch';

/** Tasks given up by one batch beside as many as it makes: a lane that is far too long becomes shorter, and not all at once. */
const GIVEN_UP_AT_ONCE = 200;

/**
 * Statements that give up the oldest that wait in the lanes of launches, where more do than may, and for kinds with a bound alone.
 * What has begun is tried to its end.
 */
export function laneBoundStatements(db: D1Database, launches: readonly Launch[]): D1PreparedStatement[] {
  const [first] = launches;
  if (!first) return [];
  const byBound = Map.groupBy(launches, ({ vendorType }) => JOB_CATALOGUE[vendorType].maxWaiting);
  return [...byBound].flatMap(([maxWaiting, group]) =>
    maxWaiting === undefined ? [] : giveUpStatements(db, lanesOf(group), maxWaiting, first.nowMs),
  );
}

interface Lanes {
  readonly lanes: readonly string[];
  readonly atOnce: number;
}

function lanesOf(launches: readonly Launch[]): Lanes {
  const lanes = new Set(launches.flatMap(({ tasks }) => tasks.flatMap(({ lane }) => lane ?? [])));
  return { lanes: [...lanes], atOnce: launches.length + GIVEN_UP_AT_ONCE };
}

function giveUpStatements(db: D1Database, lanes: Lanes, maxWaiting: number, nowMs: number): D1PreparedStatement[] {
  const condition = `t.id in (
    select w.id from json_each(?1, '$.lanes') b cross join tasks w on w.lane = b.value and w.due_at_ms is not null and w.id <= (
      select n.id from tasks n where n.lane = b.value and n.due_at_ms is not null order by n.id desc limit 1 offset ${maxWaiting})
    where w.status = 'Pending' order by w.id limit ?1 ->> '$.atOnce')`;
  const tooMany = { condition, value: JSON.stringify(lanes) };
  const message = `given up: ${maxWaiting.toLocaleString('en-US')} newer ones wait`;
  const line = `${new Date(nowMs).toISOString()} Failed: ${message}.\n`;
  return [logLineStatement(db, tooMany, line, nowMs), endStatement(db, tooMany, { status: 'Error', message, nowMs })];
}
