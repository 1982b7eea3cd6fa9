import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import type { DomainEvent, RecordedEvent } from '#domain/events/event';
import type { EventQueue } from '#domain/events/event-queue';
import type { EventStore } from '#domain/events/event-store';

/** Events sent again by one tick; more follow with the next. */
const RESEND_BATCH = 100;
/** Longer than a queue keeps a message under retry. */
const CONSUMED_RETENTION_MS = 24 * 60 * 60_000;

/** How long an undeliverable message is kept. */
const BURIED_RETENTION_MS = 30 * 24 * 60 * 60_000;

export interface EventServiceDeps {
  readonly store: EventStore;
  readonly queue: EventQueue;
  readonly background: Background;
  readonly clock: Clock;
}

/** Carries events from the mutation that recorded them to whoever acts on them. */
export class EventService {
  readonly #deps: EventServiceDeps;

  constructor(deps: EventServiceDeps) {
    this.#deps = deps;
  }

  /** Sends events whose rows have committed. A send that fails is made up for by {@link resendDue}. */
  announce(events: readonly RecordedEvent[]): void {
    this.#deps.background(this.#deps.queue.send(events).catch(() => undefined));
  }

  /** Sends again what no consumer has confirmed in time. */
  async resendDue(): Promise<void> {
    const due = await this.#deps.store.takeDue(this.#deps.clock.nowMs(), RESEND_BATCH);
    if (due.length > 0) await this.#deps.queue.send(due);
  }

  /** Acts on events, in any order and any number of times. */
  async consume(events: readonly DomainEvent[]): Promise<void> {
    const pulls = events.filter((event) => event.kind === 'artifacts-pulled');
    const recorded = events.filter((event) => event.kind !== 'artifacts-pulled');
    if (pulls.length > 0) await this.#deps.store.recordPulls(pulls, this.#deps.clock.nowMs());
    if (recorded.length > 0) await this.#deps.store.confirm(recorded.map((event) => event.id));
  }

  /** Keeps an undeliverable message for an operator to see. */
  async bury(messageId: string, queue: string, body: unknown): Promise<void> {
    await this.#deps.store.bury({ messageId, queue, body, nowMs: this.#deps.clock.nowMs() });
  }

  /** Forgets letters that an operator has had time to see; the cron tick calls this. */
  async forgetBuried(): Promise<void> {
    await this.#deps.store.forgetBuriedBefore(this.#deps.clock.nowMs() - BURIED_RETENTION_MS);
  }

  async forgetConsumed(): Promise<void> {
    await this.#deps.store.forgetConsumedBefore(this.#deps.clock.nowMs() - CONSUMED_RETENTION_MS);
  }
}
