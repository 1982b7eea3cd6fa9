import { z } from '@hono/zod-openapi';
import type { Execution } from '#domain/jobs/execution';
import { WEBHOOK_EVENT_TYPES } from '#domain/webhooks/webhook-event-type';
import { MAX_TARGETS, NOTIFY_TYPES, PAYLOAD_FORMATS } from '#domain/webhooks/webhook-policy';
import type {
  OpenPolicy,
  OpenTarget,
  PolicyTrigger,
  WebhookPolicyRequest,
} from '#domain/webhooks/webhook-policy-service';
import { toTimestamp } from '#routes/api/schemas/common';

const targetReqSchema = z
  .object({
    type: z
      .string()
      .nullish()
      .openapi({ description: NOTIFY_TYPES.join(' or ') }),
    address: z
      .string()
      .nullish()
      .openapi({ description: 'an http:// or https:// URL; http:// where no scheme is given' }),
    auth_header: z.string().nullish().openapi({ description: 'value of the Authorization header' }),
    skip_cert_verify: z.boolean().nullish().openapi({ description: 'kept, and never honoured' }),
    payload_format: z
      .string()
      .nullish()
      .openapi({ description: `${PAYLOAD_FORMATS.join(' or ')}, of http targets` }),
    secret: z.string().nullish().openapi({
      description: 'key of the signature, 16 to 256 characters; left out it stays as it is, empty takes it away',
    }),
  })
  .openapi('WebhookTargetObjectReq');

export const webhookPolicyReqSchema = z
  .object({
    name: z.string().nullish(),
    description: z.string().nullish(),
    targets: z
      .array(targetReqSchema)
      .nullish()
      .openapi({ description: `at most ${MAX_TARGETS}` }),
    event_types: z
      .array(z.string())
      .nullish()
      .openapi({ description: WEBHOOK_EVENT_TYPES.join(', ') }),
    enabled: z.boolean().nullish(),
  })
  .openapi('WebhookPolicyReq');

const targetSchema = z
  .object({
    type: z.string(),
    address: z.string(),
    auth_header: z.string().optional(),
    skip_cert_verify: z.boolean(),
    payload_format: z.string().optional(),
    is_signed: z.boolean().openapi({ description: 'whether it has a secret, which is never shown' }),
  })
  .openapi('WebhookTargetObject');

export const webhookPolicySchema = z
  .object({
    id: z.int(),
    name: z.string(),
    description: z.string().optional(),
    project_id: z.int(),
    targets: z.array(targetSchema),
    event_types: z.array(z.string()),
    creator: z.string(),
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
    enabled: z.boolean(),
  })
  .openapi('WebhookPolicy');

export const supportedTypesSchema = z
  .object({
    event_type: z.array(z.string()),
    notify_type: z.array(z.string()),
    payload_formats: z.array(z.object({ notify_type: z.string(), formats: z.array(z.string()) })),
  })
  .openapi('SupportedWebhookEventTypes');

export const lastTriggerSchema = z
  .object({
    policy_name: z.string(),
    event_type: z.string(),
    enabled: z.boolean(),
    creation_time: z.iso.datetime(),
    last_trigger_time: z.iso.datetime().openapi({ description: 'the year 1 for what was never told' }),
  })
  .openapi('WebhookLastTrigger');

export const webhookJobSchema = z
  .object({
    id: z.int(),
    policy_id: z.int(),
    event_type: z.string(),
    notify_type: z.string(),
    status: z.string(),
    job_detail: z.string().openapi({ description: 'what was sent' }),
    creation_time: z.iso.datetime(),
    update_time: z.iso.datetime(),
  })
  .openapi('WebhookJob');

/** Whether it makes sense, the service says. */
export function toWebhookPolicyRequest(body: z.infer<typeof webhookPolicyReqSchema>): WebhookPolicyRequest {
  return {
    name: body.name ?? '',
    description: body.description ?? '',
    targets: (body.targets ?? []).map((target) => ({
      type: target.type ?? '',
      address: target.address ?? '',
      authHeader: target.auth_header ?? '',
      secret: target.secret ?? undefined,
      skipsCertificateCheck: target.skip_cert_verify ?? false,
      payloadFormat: target.payload_format ?? '',
    })),
    eventTypes: body.event_types ?? [],
    isEnabled: body.enabled ?? false,
  };
}

export function toWebhookPolicyDto(policy: OpenPolicy): z.infer<typeof webhookPolicySchema> {
  return {
    id: policy.id,
    name: policy.name,
    ...(policy.description !== '' && { description: policy.description }),
    project_id: policy.projectId,
    targets: policy.targets.map(toTargetDto),
    event_types: [...policy.eventTypes],
    creator: policy.creator,
    creation_time: toTimestamp(policy.createdAtMs),
    update_time: toTimestamp(policy.updatedAtMs),
    enabled: policy.isEnabled,
  };
}

function toTargetDto(target: OpenTarget): z.infer<typeof targetSchema> {
  const { type, address, authHeader, skipsCertificateCheck, payloadFormat, sealedSecret } = target;
  return {
    type,
    address,
    ...(authHeader !== '' && { auth_header: authHeader }),
    skip_cert_verify: skipsCertificateCheck,
    ...(payloadFormat && { payload_format: payloadFormat }),
    is_signed: sealedSecret !== undefined,
  };
}

export function toSupportedTypesDto(): z.infer<typeof supportedTypesSchema> {
  return {
    event_type: [...WEBHOOK_EVENT_TYPES],
    notify_type: [...NOTIFY_TYPES],
    payload_formats: [{ notify_type: 'http', formats: [...PAYLOAD_FORMATS] }],
  };
}

export function toLastTriggerDto({ policy, eventType, atMs }: PolicyTrigger): z.infer<typeof lastTriggerSchema> {
  return {
    policy_name: policy.name,
    event_type: eventType,
    enabled: policy.isEnabled,
    creation_time: toTimestamp(policy.createdAtMs),
    last_trigger_time: toTimestamp(atMs),
  };
}

/** An execution as Harbor's older API told of it. */
export function toWebhookJobDto(execution: Execution): z.infer<typeof webhookJobSchema> {
  const { event_type: eventType, payload } = execution.parameters;
  return {
    id: execution.id,
    policy_id: execution.vendorId,
    event_type: typeof eventType === 'string' ? eventType : '',
    notify_type: execution.vendorType === 'SLACK' ? 'slack' : 'http',
    status: execution.status,
    job_detail: typeof payload === 'string' ? payload : '',
    creation_time: toTimestamp(execution.startedAtMs),
    update_time: toTimestamp(execution.updatedAtMs),
  };
}
