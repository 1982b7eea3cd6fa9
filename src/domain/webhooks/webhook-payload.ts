import { cloudEventTypeOf } from '#domain/webhooks/webhook-event-type';
import type { Notice } from '#domain/webhooks/webhook-notice';
import type { WebhookPolicy, WebhookTarget } from '#domain/webhooks/webhook-policy';

/** Deleted artifacts that a payload names at most, so that it stays small. */
const MAX_ARTIFACTS_NAMED = 200;
/** Slack takes 3,000 characters of a text (docs.slack.dev/reference/block-kit/blocks/section-block). */
const MAX_SLACK_TEXT = 2_800;

/** What a payload tells beside its notice. */
export interface PayloadFacts {
  /** What addresses begin with. */
  readonly registryHost: string;
  readonly isPublic: boolean;
  /** Undefined when the repository is gone. */
  readonly repositoryCreatedAtMs: number | undefined;
}

export interface PayloadOrder {
  readonly notice: Notice;
  readonly facts: PayloadFacts;
  readonly policy: Pick<WebhookPolicy, 'id' | 'projectId'>;
  readonly target: Pick<WebhookTarget, 'type' | 'payloadFormat'>;
  readonly deliveryId: string;
}

export interface Payload {
  readonly contentType: string;
  readonly body: string;
}

/** What a target is sent. */
export function payloadFor(order: PayloadOrder): Payload {
  const eventData = eventDataOf(order.notice, order.facts);
  if (order.target.type === 'slack') return { contentType: 'application/json', body: slackBody(order, eventData) };
  if (order.target.payloadFormat === 'CloudEvents') {
    return { contentType: 'application/cloudevents+json', body: cloudEvent(order, eventData) };
  }
  return { contentType: 'application/json', body: harborPayload(order, eventData) };
}

/** Harbor's own format (`harbor:src/pkg/notifier/model/event.go`). */
function harborPayload({ notice }: PayloadOrder, eventData: EventData): string {
  const { type, atMs, operator } = notice;
  return JSON.stringify({ type, occur_at: toSeconds(atMs), operator, event_data: eventData });
}

/**
 * CloudEvents 1.0 in its JSON format, with Harbor's two extensions (`harbor:src/pkg/notifier/formats/cloudevents.go`).
 * `id` is the delivery's, so that a repeat is known by it; `requestid` is the event's, the same in all deliveries of it.
 */
function cloudEvent({ notice, policy, deliveryId }: PayloadOrder, eventData: EventData): string {
  return JSON.stringify({
    specversion: '1.0',
    id: deliveryId,
    source: `/projects/${policy.projectId}/webhook/policies/${policy.id}`,
    type: cloudEventTypeOf(notice.type),
    datacontenttype: 'application/json',
    time: `${new Date(notice.atMs).toISOString().slice(0, 19)}Z`,
    data: eventData,
    operator: notice.operator,
    requestid: notice.key,
  });
}

/** Blocks as Harbor lays them out (`harbor:src/pkg/notifier/handler/notification/slack_handler.go`). */
function slackBody({ notice }: PayloadOrder, eventData: EventData): string {
  const { type, atMs, operator } = notice;
  const data = JSON.stringify(eventData, null, '\t');
  const shown = data.length > MAX_SLACK_TEXT ? `${data.slice(0, MAX_SLACK_TEXT)}…` : data;
  const fallback = new Date(atMs).toUTCString();
  const texts = [
    '*Roadstead webhook events*',
    `*event_type:* ${type}`,
    `*occur_at:* <!date^${toSeconds(atMs)}^{date} at {time}|${fallback}>`,
    `*operator:* ${slackEscaped(operator)}`,
    '*event_data:*',
    `\`\`\`${slackEscaped(shown)}\`\`\``,
  ];
  return JSON.stringify({
    blocks: texts.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } })),
  });
}

/** Slack reads `&`, `<` and `>` as its own (docs.slack.dev/messaging/formatting-message-text#escaping). */
function slackEscaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

type EventData = Readonly<Record<string, unknown>>;

/** Harbor's `event_data`; what there is nothing of is left out. */
function eventDataOf(notice: Notice, facts: PayloadFacts): EventData {
  const { repository, artifact, retention, robot, attributes } = notice;
  return {
    ...(artifact && { resources: [resourceOf(notice, artifact, facts)] }),
    ...(repository !== undefined && !retention && { repository: repositoryOf(repository, facts) }),
    ...(retention && { retention: retentionOf(retention, facts) }),
    ...(robot && { robot: { id: robot.id, name: robot.name, expires_at: toSeconds(robot.expiresAtMs) } }),
    ...(attributes && { custom_attributes: attributes }),
  };
}

function resourceOf(
  { type, repository }: Notice,
  { digest, tag }: NonNullable<Notice['artifact']>,
  { registryHost }: PayloadFacts,
) {
  // Harbor gives what a quota warns of, or refuses, no address.
  if (type === 'QUOTA_WARNING' || type === 'QUOTA_EXCEED') return { digest, ...(tag !== undefined && { tag }) };
  const reference = tag === undefined ? `@${digest}` : `:${tag}`;
  return { digest, tag: tag ?? digest, resource_url: `${registryHost}/${repository}${reference}` };
}

function repositoryOf(repository: string, { isPublic, repositoryCreatedAtMs }: PayloadFacts) {
  const [namespace = '', ...rest] = repository.split('/');
  return {
    ...(repositoryCreatedAtMs !== undefined && { date_created: toSeconds(repositoryCreatedAtMs) }),
    name: rest.join('/'),
    namespace,
    repo_full_name: repository,
    repo_type: isPublic ? 'public' : 'private',
  };
}

/** `harbor:src/controller/event/handler/webhook/artifact/retention.go` */
function retentionOf(event: NonNullable<Notice['retention']>, { registryHost }: PayloadFacts) {
  const { name, namespace } = repositoryOf(event.repository, NOTHING_KNOWN);
  const named = event.deleted.slice(0, MAX_ARTIFACTS_NAMED).map(({ digest, tag }) => ({
    type: 'image',
    status: 'SUCCESS',
    name_tag: tag === undefined ? `${name}@${digest}` : `${name}:${tag}`,
  }));
  return {
    total: event.total,
    retained: event.retained,
    harbor_hostname: registryHost.replace(/:\d+$/, ''),
    project_name: namespace,
    retention_policy_id: event.policyId,
    result: 'SUCCESS',
    deleted_artifact: named,
  };
}

const NOTHING_KNOWN: PayloadFacts = {
  registryHost: '',
  isPublic: false,
  repositoryCreatedAtMs: undefined,
};

/** Seconds since the epoch, as Harbor counts. */
function toSeconds(atMs: number): number {
  return Math.floor(atMs / 1_000);
}
