import { z } from '@hono/zod-openapi';
import type { Quota } from '#domain/quotas/quota';
import { toTimestamp } from '#routes/api/schemas/common';

/** Bytes by resource; `storage` is the only one. */
const resourceListSchema = z.object({ storage: z.int() }).openapi('ResourceList');

export const quotaSchema = z
  .object({
    id: z.int(),
    ref: z.object({ id: z.int(), name: z.string(), owner_name: z.string() }).openapi('QuotaRefObject'),
    hard: resourceListSchema,
    used: resourceListSchema,
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
  })
  .openapi('Quota');

export const quotaUpdateReqSchema = z
  .object({
    hard: z
      .record(z.string(), z.int())
      .nullish()
      .openapi({ description: '`storage`: bytes, more than 0 and at most 1024 TiB, or -1 for no limit' }),
  })
  .openapi('QuotaUpdateReq');

export function toQuotaDto(quota: Quota): z.infer<typeof quotaSchema> {
  const { id, name, ownerName } = quota.project;
  return {
    id: quota.id,
    ref: { id, name, owner_name: ownerName },
    hard: { storage: quota.hardBytes },
    used: { storage: quota.usedBytes },
    creation_time: toTimestamp(quota.createdAtMs),
    update_time: toTimestamp(quota.updatedAtMs),
  };
}
