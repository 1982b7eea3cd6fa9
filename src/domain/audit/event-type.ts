import type { AuditEntry } from '#domain/audit/audit';
import type { Configuration } from '#domain/configuration/catalog';

/** What the audit log tells of: an operation on a type of resource, as `create_artifact`. */
interface AuditEventType {
  readonly operation: string;
  readonly resourceType: string;
}

/** Harbor's own, in its order (`harbor:src/pkg/auditext/model/model.go`): clients know the list by heart. */
const HARBORS: readonly AuditEventType[] = [
  ...on('artifact', 'create', 'delete', 'pull'),
  ...on('project', 'create', 'delete'),
  ...on('repository', 'delete'),
  ...on('user', 'login', 'logout', 'create', 'delete', 'update'),
  ...on('robot', 'create', 'delete'),
  ...on('configuration', 'update'),
  ...on('member', 'create', 'delete', 'update'),
  ...on('project', 'update'),
];

/** What Harbor writes without listing it, and what it does not write. */
const OTHERS: readonly AuditEventType[] = [
  ...on('tag', 'create', 'delete'),
  ...on('artifact', 'update', 'restore'),
  ...on('repository', 'update'),
  ...on('label', 'create', 'update', 'delete'),
  ...on('quota', 'update'),
  ...on('robot', 'update'),
  ...on('user-group', 'create', 'update', 'delete'),
  ...on('registry', 'create', 'update', 'delete'),
  ...on('scanner', 'create', 'update', 'delete'),
  ...on('purge-audit', 'create', 'update', 'delete', 'stop'),
  ...on('immutable-tag', 'create', 'update', 'delete'),
  ...on('webhook-policy', 'create', 'update', 'delete'),
  ...on('tag-retention', 'create', 'update', 'delete', 'run', 'stop'),
  ...on('trust-rule', 'create', 'update', 'delete', 'login'),
  ...on('job-queue', 'pause', 'resume', 'stop'),
  ...on('job', 'stop'),
  ...on('garbage-collection', 'create', 'update', 'delete', 'stop'),
  ...on('storage-comparison', 'create', 'update', 'delete', 'stop'),
];

/** Every type of event an entry of the audit log can be of, as settings and purges name them. */
export const AUDIT_EVENT_TYPES: readonly string[] = [...HARBORS, ...OTHERS].map(eventTypeOf);

export const PULL_EVENT_TYPE = 'pull_artifact';

/** The type of an entry, as Harbor spells it. */
export function eventTypeOf({ operation, resourceType }: Pick<AuditEntry, 'operation' | 'resourceType'>): string {
  return `${operation}_${resourceType}`;
}

/** Entries of one operation that a purge is of. */
export interface PurgedOperation {
  readonly operation: string;
  readonly resourceTypes: readonly string[];
}

/** What purges call all types but those of artifacts that Harbor lists (`harbor:src/pkg/auditext/model/model.go`). */
const OTHER_EVENTS = 'other';
const NAMED_APART: ReadonlySet<string> = new Set(['create_artifact', 'delete_artifact', 'pull_artifact']);

/** The types that a purge names, separated by commas, by operation; what is no type is passed over, as in Harbor. */
export function purgedOperations(types: string): readonly PurgedOperation[] {
  const named = new Set(types.split(',').map((type) => type.trim().toLowerCase()));
  const purged = [...HARBORS, ...OTHERS].filter((event) => {
    const type = eventTypeOf(event);
    return named.has(type) || (named.has(OTHER_EVENTS) && !NAMED_APART.has(type));
  });
  const operations = [...new Set(purged.map(({ operation }) => operation))].sort();
  return operations.map((operation) => ({
    operation,
    resourceTypes: purged.filter((event) => event.operation === operation).map(({ resourceType }) => resourceType),
  }));
}

function on(resourceType: string, ...operations: readonly string[]): readonly AuditEventType[] {
  return operations.map((operation) => ({ operation, resourceType }));
}

/** Types of events that the settings keep out of the log; what is no type is passed over, as in Harbor. */
export function hiddenEventTypes(
  settings: Pick<Configuration, 'disabled_audit_log_event_types' | 'pull_audit_log_disable'>,
): readonly string[] {
  const named = settings.disabled_audit_log_event_types.split(',').map((type) => type.trim().toLowerCase());
  return AUDIT_EVENT_TYPES.filter(
    (type) => named.includes(type) || (type === PULL_EVENT_TYPE && settings.pull_audit_log_disable),
  );
}
