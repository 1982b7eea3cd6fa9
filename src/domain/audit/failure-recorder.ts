import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import type { Actor, AuditEntry } from '#domain/audit/audit';
import type { AuditStore } from '#domain/audit/audit-store';
import { newMutation } from '#domain/events/mutation';
import type { ProjectService } from '#domain/projects/project-service';

/** Failures that an isolate writes in a minute: who goes on failing must not fill the log. All are in the request log. */
const MAX_PER_MINUTE = 60;
const MINUTE_MS = 60_000;
/** Harbor's longest, of a name that may be anything (`harbor:src/pkg/auditext/dao/dao.go`). */
const MAX_NAME_LENGTH = 255;

export interface FailureRecorderDeps {
  readonly entries: AuditStore;
  readonly projects: Pick<ProjectService, 'find'>;
  readonly background: Background;
  readonly clock: Clock;
}

/** What was tried and failed. */
export interface Failure extends Omit<AuditEntry, 'projectId'> {
  /** The project it was about, by name or id. */
  readonly project?: string | number | undefined;
}

/** Writes what failed after its answer, so that no failure waits for the log or fails because of it. */
export class FailureRecorder {
  readonly #deps: FailureRecorderDeps;
  #minute = Number.NEGATIVE_INFINITY;
  #written = 0;

  constructor(deps: FailureRecorderDeps) {
    this.#deps = deps;
  }

  record(failure: Failure, actor: Actor): void {
    const minute = Math.floor(this.#deps.clock.nowMs() / MINUTE_MS);
    if (minute !== this.#minute) this.#written = 0;
    this.#minute = minute;
    if (this.#written >= MAX_PER_MINUTE) return;
    this.#written++;
    this.#deps.background(this.#write(failure, actor).catch(() => undefined));
  }

  async #write({ project, ...failure }: Failure, actor: Actor): Promise<void> {
    const { entries, projects, clock } = this.#deps;
    const projectId = project === undefined ? undefined : (await projects.find(project))?.id;
    const audit = { ...failure, projectId, resource: bounded(failure.resource) };
    const mutation = newMutation(audit, { ...actor, username: bounded(actor.username) }, clock);
    await entries.append({ ...mutation, isFailure: true });
  }
}

function bounded(name: string): string {
  return name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH - 3)}...` : name;
}
