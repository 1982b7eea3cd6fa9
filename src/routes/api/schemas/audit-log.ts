import { z } from '@hono/zod-openapi';
import type { AuditRecord } from '#domain/audit/audit';
import { toTimestamp } from '#routes/api/schemas/common';

export const auditLogSchema = z
  .object({
    id: z.int(),
    username: z.string(),
    /** Left out when nobody knows it, as of something that was refused before it had a name. */
    resource: z.string().optional(),
    resource_type: z.string(),
    operation: z.string(),
    op_time: z.iso.datetime(),
  })
  .openapi('AuditLog');

export const auditLogExtSchema = auditLogSchema
  .extend({ operation_description: z.string(), operation_result: z.boolean() })
  .openapi('AuditLogExt');

export const auditLogEventTypeSchema = z.object({ event_type: z.string() }).openapi('AuditLogEventType');

export function toAuditLogDto(record: AuditRecord): z.output<typeof auditLogSchema> {
  return {
    id: record.id,
    username: record.username,
    ...(record.resource !== '' && { resource: record.resource }),
    resource_type: record.resourceType,
    operation: record.operation,
    op_time: toTimestamp(record.atMs),
  };
}

export function toAuditLogExtDto(record: AuditRecord): z.output<typeof auditLogExtSchema> {
  return {
    ...toAuditLogDto(record),
    operation_description: record.description,
    operation_result: record.isSuccess,
  };
}
