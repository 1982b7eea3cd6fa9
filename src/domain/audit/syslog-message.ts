import type { AuditRecord } from '#domain/audit/audit';

/** An entry as it is forwarded. */
export interface ForwardedEntry extends AuditRecord {
  /** The deed's own id: the same however often the entry is sent. */
  readonly operationId: string;
  readonly projectId: number | undefined;
  readonly sourceAddress: string | undefined;
}

/** RFC 5424 §6.2.1: facility 13 (log audit), severity 6 (informational), Harbor's. */
const PRIORITY = 13 * 8 + 6;
/** Harbor's tag. */
const APP_NAME = 'audit';
/** RFC 5424 §6.2.7. */
const MAX_MSGID_LENGTH = 32;
/** RFC 5424 §6.2.4. */
const MAX_HOSTNAME_LENGTH = 255;
/** RFC 5424 §7.3.1: the number of a sequence ends here and begins with 1 again. */
const MAX_SEQUENCE_ID = 2 ** 31 - 1;

/**
 * An entry as a message of syslog (RFC 5424), in ASCII alone: the event's type is its MSGID, the text is JSON with the
 * fields of the API. `hostname` is the registry's; undefined when it does not know it.
 */
export function syslogMessage(entry: ForwardedEntry, hostname: string | undefined): string {
  const time = new Date(entry.atMs).toISOString();
  const header = `<${PRIORITY}>1 ${time} ${orNil(hostname, MAX_HOSTNAME_LENGTH)} ${APP_NAME} -`;
  const type = orNil(`${entry.operation}_${entry.resourceType}`, MAX_MSGID_LENGTH);
  const sequenceId = ((entry.id - 1) % MAX_SEQUENCE_ID) + 1;
  return `${header} ${type} [meta sequenceId="${sequenceId}"] ${asciiJson(toFields(entry, time))}`;
}

function toFields(entry: ForwardedEntry, time: string) {
  return {
    id: entry.id,
    operation_id: entry.operationId,
    op_time: time,
    username: entry.username,
    operation: entry.operation,
    resource_type: entry.resourceType,
    resource: entry.resource,
    operation_description: entry.description,
    operation_result: entry.isSuccess,
    project_id: entry.projectId,
    source_ip: entry.sourceAddress,
  };
}

/** Printable ASCII without spaces, as the fields of the header must be. */
function orNil(text: string | undefined, maxLength: number): string {
  return text?.slice(0, maxLength).replaceAll(/[^\x21-\x7e]/g, '?') || '-';
}

/** JSON whose other characters are escaped, so that no receiver need guess an encoding. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
