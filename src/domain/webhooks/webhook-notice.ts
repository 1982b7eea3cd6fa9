import type { PulledEvent, RecordedEvent } from '#domain/events/event';
import type { QuotaUsage } from '#domain/quotas/quota';
import { describeUsage } from '#domain/quotas/quota';
import type { WebhookEventType } from '#domain/webhooks/webhook-event-type';

/** Part of its limit from which on a project is warned (`harbor:src/server/middleware/quota/quota.go`). */
const WARNING_PERCENT = 85;
const HOUR_MS = 60 * 60_000;

/** An artifact by a tag, or by its digest. */
interface NoticedArtifact {
  readonly digest: string;
  readonly tag: string | undefined;
}

/** What a webhook tells: one event in Harbor's terms. */
export interface Notice {
  /** With a policy and a target of it, the name of a delivery. */
  readonly key: string;
  readonly type: WebhookEventType;
  readonly projectId: number;
  readonly atMs: number;
  /** Who is behind it, by name; empty where nobody can be told. */
  readonly operator: string;
  /** Full name, as it was then. */
  readonly repository?: string;
  readonly repositoryId?: number;
  readonly artifact?: NoticedArtifact;
  /** Harbor's `custom_attributes`. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly retention?: Extract<RecordedEvent, { kind: 'retention-finished' }>;
  readonly robot?: { readonly id: number; readonly name: string; readonly expiresAtMs: number };
}

/** What a project is told of an event; undefined when nothing, as of tags, which Harbor tells nobody of. */
export function noticeOf(event: RecordedEvent): Notice | undefined {
  if (event.projectId === undefined) return undefined;
  const about = { key: event.id, projectId: event.projectId, atMs: event.atMs, operator: event.actor };
  switch (event.kind) {
    case 'artifact-pushed':
      return { ...about, type: 'PUSH_ARTIFACT', ...artifactOf(event) };
    case 'artifact-deleted':
      return { ...about, type: 'DELETE_ARTIFACT', ...artifactOf(event) };
    case 'tag-created':
    case 'tag-deleted':
      return undefined;
    case 'retention-finished': {
      const { repository, repositoryId } = event;
      return { ...about, type: 'TAG_RETENTION', repository, repositoryId, retention: event };
    }
    case 'robot-expiring': {
      const robot = { id: event.robotId, name: event.robotName, expiresAtMs: event.expiresAtMs };
      return { ...about, type: 'ROBOT_EXPIRING', robot };
    }
    case 'quota-exceeded': {
      const { repository, artifact: refused, message } = event;
      const artifact = refused && { artifact: { digest: refused.digest, tag: refused.tag } };
      return { ...about, type: 'QUOTA_EXCEED', repository, ...artifact, attributes: { Details: message } };
    }
  }
}

/** Pulls are told as they were gathered: one notice for each client, artifact and reference. */
export function noticesOfPulls({ id, pulls }: PulledEvent): readonly Notice[] {
  return pulls.flatMap((pull, index) => {
    const { projectId, atMs, username = '', count } = pull;
    if (projectId === undefined) return [];
    const about = { key: `${id}/${index}`, type: 'PULL_ARTIFACT', projectId, atMs, operator: username } as const;
    return [{ ...about, ...artifactOf(pull), ...(count > 1 && { attributes: { pull_count: String(count) } }) }];
  });
}

/** The warning that comes with a push into a project near its limit, once an hour; undefined without need. */
export function quotaWarningOf(push: Notice, quota: QuotaUsage | undefined): Notice | undefined {
  if (push.type !== 'PUSH_ARTIFACT' || !quota || quota.hardBytes <= 0) return undefined;
  if (quota.usedBytes * 100 < quota.hardBytes * WARNING_PERCENT) return undefined;
  const details = `quota usage reach ${WARNING_PERCENT}%: resource storage used ${describeUsage(quota)}`;
  return {
    ...push,
    key: `quota-warning/${push.projectId}/${Math.floor(push.atMs / HOUR_MS)}`,
    type: 'QUOTA_WARNING',
    attributes: { Details: details },
  };
}

interface ArtifactReference {
  readonly repository: string;
  readonly repositoryId: number;
  readonly digest: string;
  readonly tag?: string | undefined;
}

function artifactOf({ repository, repositoryId, digest, tag }: ArtifactReference) {
  return { repository, repositoryId, artifact: { digest, tag } };
}
