import { z } from '@hono/zod-openapi';
import type { Accessory } from '#domain/artifacts/accessory';
import { iconOfAccessory } from '#domain/icons/fixed-icon';
import { toTimestamp } from '#routes/api/schemas/common';

export const accessorySchema = z
  .object({
    id: z.int(),
    artifact_id: z.int(),
    subject_artifact_id: z.int(),
    subject_artifact_digest: z.string(),
    subject_artifact_repo: z.string(),
    size: z.int(),
    digest: z.string(),
    type: z.string(),
    icon: z.string(),
    creation_time: z.iso.datetime(),
  })
  .openapi('Accessory');

/** An accessory has no row beside its artifact's, and so its id. */
export function toAccessoryDto(accessory: Accessory): z.infer<typeof accessorySchema> {
  return {
    id: accessory.artifactId,
    artifact_id: accessory.artifactId,
    subject_artifact_id: accessory.subjectId,
    subject_artifact_digest: accessory.subjectDigest,
    subject_artifact_repo: accessory.subjectRepository,
    size: accessory.sizeBytes,
    digest: accessory.digest,
    type: accessory.type,
    icon: iconOfAccessory(accessory.type),
    creation_time: toTimestamp(accessory.createdAtMs),
  };
}
