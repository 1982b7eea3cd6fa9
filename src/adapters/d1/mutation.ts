import { eventTypeOf } from '#domain/audit/event-type';
import type { Mutation } from '#domain/events/mutation';

/** Seconds after which the cron tick sends an event again that no consumer has confirmed. */
const RESEND_AFTER_MS = 60_000;

/** Stands in `hidden_audit_events` for entries of every type, which are then forwarded alone. */
export const ANY_EVENT = '*';

/** The audit row and the outbox rows of a mutation, to stand in its batch. */
export function mutationStatements(db: D1Database, mutation: Mutation): D1PreparedStatement[] {
  const { nowMs, events } = mutation;
  return [auditStatement(db, [mutation]), ...events.map((event) => outboxStatement(db, nowMs, event))];
}

/** As {@link mutationStatements}, of many mutations of one batch, in as few statements. */
export function manyMutationStatements(db: D1Database, mutations: readonly Mutation[]): D1PreparedStatement[] {
  const events = mutations.flatMap(({ nowMs, events }) => events.map((event) => outboxRow(nowMs, event)));
  const insert = `insert into outbox (event_id, body, due_at_ms)
    select e.value ->> 0, e.value ->> 1, e.value ->> 2 from json_each(?) e`;
  return [auditStatement(db, mutations), db.prepare(insert).bind(JSON.stringify(events))];
}

/** `m` is a row of it. */
const INSERT_AUDIT = `
  insert into audit_log (operation_id, project_id, operation, resource_type, resource, username, description, is_success,
    source_address, at_ms, is_hidden, is_silent)
  select m.value ->> 0, m.value ->> 1, m.value ->> 2, m.value ->> 3, m.value ->> 4, m.value ->> 5, m.value ->> 6, m.value ->> 7,
    m.value ->> 8, m.value ->> 9, ${isHidden(`m.value ->> 10, '${ANY_EVENT}'`)}, ${isHidden('m.value ->> 10')}
  from json_each(?) m`;

/**
 * Hidden when the settings keep its type, or all entries, out of the log: the row is what tells a repetition of the batch. And
 * silent when it is its type, and so nobody is sent it either.
 */
function auditStatement(db: D1Database, mutations: readonly Mutation[]): D1PreparedStatement {
  return db.prepare(INSERT_AUDIT).bind(JSON.stringify(mutations.map(auditRow)));
}

function auditRow({ operationId, actor, nowMs, audit, isFailure }: Mutation): readonly unknown[] {
  return [
    operationId,
    audit.projectId ?? null,
    audit.operation,
    audit.resourceType,
    audit.resource,
    actor.username,
    audit.description,
    isFailure ? 0 : 1,
    actor.sourceAddress ?? null,
    nowMs,
    eventTypeOf(audit),
  ];
}

function isHidden(types: string): string {
  return `exists (select 1 from hidden_audit_events where event_type in (${types}))`;
}

/** Puts an event where its consumer finds it. */
export function outboxStatement(db: D1Database, nowMs: number, event: Mutation['events'][number]): D1PreparedStatement {
  return db.prepare('insert into outbox (event_id, body, due_at_ms) values (?, ?, ?)').bind(...outboxRow(nowMs, event));
}

function outboxRow(nowMs: number, event: Mutation['events'][number]) {
  return [event.id, JSON.stringify(event), nowMs + RESEND_AFTER_MS] as const;
}
