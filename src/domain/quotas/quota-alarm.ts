import type { Background } from '#core/background';
import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { newId } from '#core/ids';
import type { Actor } from '#domain/audit/audit';
import type { EventService } from '#domain/events/event-service';
import type { ProjectService } from '#domain/projects/project-service';
import type { QuotaExceeded } from '#domain/quotas/quota';

/** How long an isolate says no more of a project, in milliseconds: who goes on pushing must not fill the outbox. */
const QUIET_MS = 60_000;
const MAX_PROJECTS = 1_000;

export interface QuotaAlarmDeps {
  readonly events: Pick<EventService, 'record'>;
  readonly projects: Pick<ProjectService, 'find'>;
  readonly background: Background;
  readonly clock: Clock;
}

/** Tells of pushes that a quota refused, after their answer: their own batches came to nothing, so these events have none. */
export class QuotaAlarm {
  readonly #deps: QuotaAlarmDeps;
  readonly #told: BoundedCache<true>;

  constructor(deps: QuotaAlarmDeps) {
    this.#deps = deps;
    this.#told = new BoundedCache({ maxWeight: MAX_PROJECTS, ttlMs: QUIET_MS, clock: deps.clock });
  }

  /** `repository` is the full name of the one that was pushed to. May be lost; never rejects. */
  raise(refusal: QuotaExceeded, repository: string, actor: Actor): void {
    const [project = ''] = repository.split('/');
    if (this.#told.get(project)) return;
    this.#told.put(project, true);
    this.#deps.background(this.#record(refusal, project, repository, actor).catch(() => undefined));
  }

  async #record(refusal: QuotaExceeded, name: string, repository: string, actor: Actor): Promise<void> {
    const { events, projects, clock } = this.#deps;
    const project = await projects.find(name);
    if (!project) return;
    const { message, artifact } = refusal;
    await events.record({
      kind: 'quota-exceeded',
      id: newId(),
      atMs: clock.nowMs(),
      actor: actor.username,
      projectId: project.id,
      repository,
      ...(artifact && { artifact }),
      message,
    });
  }
}
