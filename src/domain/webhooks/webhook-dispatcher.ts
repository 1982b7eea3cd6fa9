import type { Clock } from '#core/clock';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { PulledEvent, RecordedEvent } from '#domain/events/event';
import type { EventSubscriber } from '#domain/events/event-subscriber';
import type { Launch } from '#domain/jobs/launch';
import { launchesFor } from '#domain/webhooks/webhook-delivery';
import type { WebhookFactStore, WebhookFacts } from '#domain/webhooks/webhook-fact-store';
import { type Notice, noticeOf, noticesOfPulls, quotaWarningOf } from '#domain/webhooks/webhook-notice';
import type { WebhookPolicy } from '#domain/webhooks/webhook-policy';

export interface WebhookDispatcherDeps {
  readonly facts: WebhookFactStore;
  readonly configuration: Pick<ConfigurationService, 'current'>;
  /** The address clients use, where the deployment says so. */
  readonly externalUrl: string | undefined;
  readonly clock: Clock;
}

/** Makes deliveries of events, for the policies of the projects they happened in. */
export class WebhookDispatcher implements EventSubscriber {
  readonly #deps: WebhookDispatcherDeps;

  constructor(deps: WebhookDispatcherDeps) {
    this.#deps = deps;
  }

  launchesOf(events: readonly RecordedEvent[]): Promise<readonly (readonly Launch[])[]> {
    return this.#launches(
      events.map((event) => {
        const notice = noticeOf(event);
        return notice ? [notice] : [];
      }),
    );
  }

  async launchesOfPulls(events: readonly PulledEvent[]): Promise<readonly (readonly Launch[])[]> {
    const notices = events.map(noticesOfPulls);
    // Of pulls there are many, and most projects tell nobody of anything.
    if (!(await this.#deps.facts.hasPolicies(projectsOf(notices.flat())))) return events.map(() => []);
    return this.#launches(notices);
  }

  /** For each list of notices, in its place. None while `notification_enable` is off: what happens then is told nobody. */
  async #launches(notices: readonly (readonly Notice[])[]): Promise<readonly (readonly Launch[])[]> {
    const all = notices.flat();
    const settings = all.length > 0 ? await this.#deps.configuration.current() : undefined;
    if (!settings?.notification_enable) return notices.map(() => []);
    const repositoryIds = all.flatMap(({ repositoryId }) => repositoryId ?? []);
    const facts = await this.#deps.facts.read(projectsOf(all), [...new Set(repositoryIds)]);
    const areQuotasOn = settings.quota_per_project_enable;
    return notices.map((each) => each.flatMap((notice) => this.#launchesOfNotice(notice, facts, areQuotasOn)));
  }

  #launchesOfNotice(notice: Notice, facts: WebhookFacts, areQuotasOn: boolean): readonly Launch[] {
    const warning = areQuotasOn ? quotaWarningOf(notice, facts.projects.get(notice.projectId)?.quota) : undefined;
    return [notice, ...(warning ? [warning] : [])].flatMap((each) =>
      facts.policies
        .filter(({ projectId, eventTypes }) => projectId === each.projectId && eventTypes.includes(each.type))
        .flatMap((policy) => this.#launchesOfPolicy(each, policy, facts)),
    );
  }

  #launchesOfPolicy(notice: Notice, policy: WebhookPolicy, facts: WebhookFacts): readonly Launch[] {
    const { externalUrl, clock } = this.#deps;
    const { projectId, repositoryId } = notice;
    const project = facts.projects.get(projectId);
    const told = {
      registryHost: externalUrl === undefined ? policy.registryHost : new URL(externalUrl).host,
      isPublic: project?.isPublic ?? false,
      repositoryCreatedAtMs: repositoryId === undefined ? undefined : facts.repositoriesCreatedAtMs.get(repositoryId),
    };
    return launchesFor(notice, policy, told, clock.nowMs());
  }
}

function projectsOf(notices: readonly Notice[]): readonly number[] {
  return [...new Set(notices.map(({ projectId }) => projectId))];
}
