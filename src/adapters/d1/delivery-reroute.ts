import { NEVER_MS } from '#adapters/d1/job-launch';
import { endStatement, logLineStatement } from '#adapters/d1/task-endings';
import type { Mutation } from '#domain/events/mutation';
import type { DeliveryRouting } from '#domain/webhooks/delivery-routes';

/** Of `t`, what a route of `?1` goes by. */
const IS_OF_ROUTE = `r.value ->> '$.lane' = t.lane and r.value ->> '$.from' = t.parameters ->> '$.address'`;
const IS_OPEN = `t.lane in (select value from json_each(?1, '$.lanes')) and t.due_at_ms is not null`;
const HAS_NO_ROUTE = `${IS_OPEN} and not exists (select 1 from json_each(?1, '$.routes') r where ${IS_OF_ROUTE})`;
const HAS_ROUTE = `${IS_OPEN} and exists (select 1 from json_each(?1, '$.routes') r where ${IS_OF_ROUTE})`;
const IS_MOVED = `${IS_OPEN} and exists (select 1 from json_each(?1, '$.routes') r where ${IS_OF_ROUTE}
  and r.value ->> '$.to.address' <> r.value ->> '$.from')`;

/**
 * Begins anew: what is being sent to the old address must not commit that it has arrived, and the failures were those of the old
 * address. Who has no turn yet still has none.
 */
const BEGIN_ANEW = `
  update tasks as t set failures = 0, revision = revision + 1, status = iif(status = 'Running', 'Scheduled', status),
    due_at_ms = iif(due_at_ms = ${NEVER_MS}, ${NEVER_MS}, ?2), updated_at_ms = ?2
  where ${IS_MOVED}`;

/** Of two targets at one address the one whose secret it has is taken. The body stays as it was. */
const GO_BY_ROUTE = `
  update tasks as t set parameters = json_patch(json_remove(parameters, '$.sealedAuthHeader', '$.sealedSecret'), (
    select r.value -> '$.to' from json_each(?1, '$.routes') r where ${IS_OF_ROUTE}
    order by (r.value ->> '$.to.sealedSecret' is t.parameters ->> '$.sealedSecret') desc, r.key limit 1))
  where ${HAS_ROUTE}`;

/** Statements that have the open deliveries of a policy go where its targets are now, or end. */
export function rerouteStatements(
  db: D1Database,
  { lanes, routes, stopReason }: DeliveryRouting,
  { actor, nowMs }: Mutation,
): D1PreparedStatement[] {
  const value = JSON.stringify({ lanes, routes });
  const line = (words: string) => `${new Date(nowMs).toISOString()} ${words}\n`;
  const stopped = { condition: HAS_NO_ROUTE, value };
  const moved = { condition: IS_MOVED, value };
  return [
    logLineStatement(db, stopped, line(`Stopped by ${actor.username}: ${stopReason}.`), nowMs),
    endStatement(db, stopped, { status: 'Stopped', nowMs }),
    logLineStatement(db, moved, line(`${actor.username} has given the target another address.`), nowMs),
    db.prepare(BEGIN_ANEW).bind(value, nowMs),
    db.prepare(GO_BY_ROUTE).bind(value),
  ];
}
