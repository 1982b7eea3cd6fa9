import { eventTypeOf } from '#domain/audit/event-type';
import type { Mutation } from '#domain/events/mutation';

/** Seconds after which the cron tick sends an event again that no consumer has confirmed. */
const RESEND_AFTER_MS = 60_000;

/** Stands in `hidden_audit_events` for entries of every type, which are then forwarded alone. */
export const ANY_EVENT = '*';

/** The audit row and the outbox rows of a mutation, to stand in its batch. */
export function mutationStatements(db: D1Database, mutation: Mutation): D1PreparedStatement[] {
  return [auditStatement(db, mutation), ...mutation.events.map((event) => outboxStatement(db, mutation.nowMs, event))];
}

/**
 * Hidden when the settings keep its type, or all entries, out of the log: the row is what tells a repetition of the batch. And
 * silent when it is its type, and so nobody is sent it either.
 */
function auditStatement(
  db: D1Database,
  { operationId, actor, nowMs, audit, isFailure }: Mutation,
): D1PreparedStatement {
  return db
    .prepare(
      `insert into audit_log (operation_id, project_id, operation, resource_type, resource, username, description,
         is_success, source_address, at_ms, is_hidden, is_silent)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ${isHidden(`?11, '${ANY_EVENT}'`)}, ${isHidden('?11')})`,
    )
    .bind(
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
    );
}

function isHidden(types: string): string {
  return `exists (select 1 from hidden_audit_events where event_type in (${types}))`;
}

/** Puts an event where its consumer finds it. */
export function outboxStatement(db: D1Database, nowMs: number, event: Mutation['events'][number]): D1PreparedStatement {
  return db
    .prepare('insert into outbox (event_id, body, due_at_ms) values (?, ?, ?)')
    .bind(event.id, JSON.stringify(event), nowMs + RESEND_AFTER_MS);
}
