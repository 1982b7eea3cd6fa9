import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import type { DomainEvent, PulledEvent, RecordedEvent } from '#domain/events/event';
import type { EventQueue } from '#domain/events/event-queue';
import type { EventStore, Letter } from '#domain/events/event-store';
import type { EventSubscriber } from '#domain/events/event-subscriber';
import { OutboxDrain } from '#domain/events/outbox-drain';
import type { JobService } from '#domain/jobs/job-service';

/** Events sent again by one tick; more follow with the next. */
const RESEND_BATCH = 100;
/** Longer than a queue keeps a message under retry. */
const CONSUMED_RETENTION_MS = 24 * 60 * 60_000;

/** How long an undeliverable message is kept. */
const BURIED_RETENTION_MS = 30 * 24 * 60 * 60_000;

export interface EventServiceDeps {
  readonly store: EventStore;
  readonly queue: EventQueue;
  readonly subscriber: EventSubscriber;
  readonly jobs: Pick<JobService, 'wake'>;
  /** Takes why an event could not be consumed. */
  readonly report: (error: unknown, eventId: string) => void;
  readonly background: Background;
  readonly clock: Clock;
}

/** Carries events from the mutation that recorded them to whoever acts on them. */
export class EventService {
  readonly #deps: EventServiceDeps;
  readonly #outbox: OutboxDrain;

  constructor(deps: EventServiceDeps) {
    this.#deps = deps;
    this.#outbox = new OutboxDrain(deps);
  }

  /** Sends events whose rows have committed. A send that fails is made up for by {@link resendDue}. */
  announce(events: readonly RecordedEvent[]): void {
    this.#deps.background(this.#deps.queue.send(events).catch(() => undefined));
  }

  /** Records an event that belongs to no mutation, where somebody wants to hear of it. */
  async record(event: RecordedEvent): Promise<void> {
    if (await this.#deps.store.append(event, this.#deps.clock.nowMs())) this.announce([event]);
  }

  /** Sends again what no consumer has confirmed in time. */
  async resendDue(): Promise<void> {
    const due = await this.#deps.store.takeDue(this.#deps.clock.nowMs(), RESEND_BATCH);
    if (due.length > 0) await this.#deps.queue.send(due);
  }

  /**
   * Acts on events, which may come in any order and any number of times. A recorded event only says that there is something
   * in the outbox, which is taken in the order of its rows.
   */
  async consume(events: readonly DomainEvent[]): Promise<void> {
    const pulls = events.filter((event) => event.kind === 'artifacts-pulled');
    if (pulls.length > 0) await this.#consumePulls(pulls);
    if (pulls.length < events.length) await this.#outbox.drain();
  }

  /** Keeps an undeliverable message for an operator to see. */
  async bury(messageId: string, queue: string, body: unknown): Promise<void> {
    const letter: Letter = { messageId, queue, body };
    await this.#deps.store.bury(letter, this.#deps.clock.nowMs());
  }

  /** Forgets letters that an operator has had time to see; the cron tick calls this. */
  async forgetBuried(): Promise<void> {
    await this.#deps.store.forgetBuriedBefore(this.#deps.clock.nowMs() - BURIED_RETENTION_MS);
  }

  async forgetConsumed(): Promise<void> {
    await this.#deps.store.forgetConsumedBefore(this.#deps.clock.nowMs() - CONSUMED_RETENTION_MS);
  }

  /** Runs begin before the pulls count as consumed: a repetition finds those that have begun, by their keys. */
  async #consumePulls(pulls: readonly PulledEvent[]): Promise<void> {
    const { store, subscriber, jobs, clock } = this.#deps;
    const launches = await subscriber.launchesOfPulls(pulls);
    if (launches.some((each) => each.length > 0)) {
      const consumed = await store.consumed(pulls.map(({ id }) => id));
      for (const [index, event] of pulls.entries()) {
        if (!consumed.has(event.id)) jobs.wake(await store.launch(launches[index] ?? []));
      }
    }
    await store.recordPulls(pulls, clock.nowMs());
  }
}
