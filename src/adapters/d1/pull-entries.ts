import { ANY_EVENT } from '#adapters/d1/mutation';
import type { AuditEntry } from '#domain/audit/audit';
import { PULL_EVENT_TYPE } from '#domain/audit/event-type';
import type { Pull } from '#domain/events/event';

/**
 * The audit entries of pulls, one for each client, artifact and reference of an event. Once an event however often it
 * comes; nothing is written when the settings keep pulls out of the log, as the event's own row tells a repetition.
 */
export function auditPulls(db: D1Database, eventId: string, pulls: readonly Pull[]): D1PreparedStatement {
  const entries = pulls.flatMap((pull) =>
    pull.username === undefined
      ? []
      : [{ ...toEntry(pull), username: pull.username, sourceAddress: pull.sourceAddress, atMs: pull.atMs }],
  );
  const told = (field: string) => `d.value ->> '$.${field}'`;
  return db
    .prepare(
      `insert into audit_log (operation_id, project_id, operation, resource_type, resource, username, description,
         is_success, source_address, at_ms, is_hidden)
       select ?1 || '/' || d.key, ${told('projectId')}, ${told('operation')}, ${told('resourceType')}, ${told('resource')},
         ${told('username')}, ${told('description')}, 1, ${told('sourceAddress')}, ${told('atMs')},
         exists (select 1 from hidden_audit_events where event_type = '${ANY_EVENT}')
       from json_each(?2) d where not exists (select 1 from consumed_events where event_id = ?1)
         and not exists (select 1 from hidden_audit_events where event_type = '${PULL_EVENT_TYPE}')`,
    )
    .bind(eventId, JSON.stringify(entries));
}

function toEntry({ projectId, repository, digest, tag, count }: Pull): AuditEntry {
  const times = count > 1 ? ` (${count} times)` : '';
  return {
    projectId,
    operation: 'pull',
    resourceType: 'artifact',
    resource: tag === undefined ? `${repository}@${digest}` : `${repository}:${tag}`,
    description: `pull artifact: ${repository}@${digest}${times}`,
  };
}
