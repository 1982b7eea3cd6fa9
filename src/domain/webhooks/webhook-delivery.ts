import { z } from 'zod';
import { laneOf } from '#domain/jobs/job-catalogue';
import type { Launch } from '#domain/jobs/launch';
import { deliveryIdOf } from '#domain/webhooks/delivery-id';
import { normalizeTargetAddress } from '#domain/webhooks/target-address';
import type { Notice } from '#domain/webhooks/webhook-notice';
import { type PayloadFacts, payloadFor } from '#domain/webhooks/webhook-payload';
import { VENDOR_TYPE_OF, type WebhookPolicy, type WebhookTarget } from '#domain/webhooks/webhook-policy';

/**
 * Parameters of a delivery's task: all there is to send, so that a repeat is the same. Its destination follows the
 * targets of its policy (`delivery-routes.ts`).
 */
export const deliverySchema = z.object({
  eventType: z.string(),
  /** Normalized. */
  address: z.string(),
  contentType: z.string(),
  body: z.string(),
  skipsCertificateCheck: z.boolean(),
  sealedAuthHeader: z.string().optional(),
  sealedSecret: z.string().optional(),
});

export type Delivery = z.infer<typeof deliverySchema>;

/** Where a delivery goes, and with what; the other parameters are what is told. */
export type Destination = Omit<Delivery, 'eventType' | 'contentType' | 'body'>;

export function destinationOf(target: WebhookTarget): Destination {
  const { type, address, skipsCertificateCheck, sealedAuthHeader, sealedSecret } = target;
  return {
    address: normalizeTargetAddress(address),
    skipsCertificateCheck,
    // Harbor gives Slack none.
    ...(type === 'http' && sealedAuthHeader !== undefined && { sealedAuthHeader }),
    ...(sealedSecret !== undefined && { sealedSecret }),
  };
}

/** The runs that tell the targets of a policy: one execution with one task for each, as in Harbor. */
export function launchesFor(
  notice: Notice,
  policy: WebhookPolicy,
  facts: PayloadFacts,
  nowMs: number,
): readonly Launch[] {
  return policy.targets.map((target, index) => {
    const launchKey = `event:${notice.key}:${policy.id}:${index}`;
    const deliveryId = deliveryIdOf(launchKey);
    const { contentType, body } = payloadFor({ notice, facts, policy, target, deliveryId });
    const vendorType = VENDOR_TYPE_OF[target.type];
    const delivery: Delivery = { eventType: notice.type, contentType, body, ...destinationOf(target) };
    return {
      vendorType,
      vendorId: policy.id,
      policyUpdatedAtMs: policy.updatedAtMs,
      trigger: 'EVENT',
      operator: notice.operator,
      launchKey,
      // What Harbor calls the execution's extra_attrs.
      parameters: { event_type: notice.type, payload: body },
      tasks: [{ jobId: deliveryId, lane: laneOf(vendorType, policy.id), parameters: delivery }],
      nowMs,
    };
  });
}
