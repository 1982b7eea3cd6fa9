import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { RecordedEvent } from '#domain/events/event';
import type { EventStore, Letter, OutboxEntry } from '#domain/events/event-store';
import type { EventSubscriber } from '#domain/events/event-subscriber';
import type { JobService } from '#domain/jobs/job-service';
import type { Launch } from '#domain/jobs/launch';

/** Events looked at in one round. */
const LIMIT = 100;
/** Rounds of one call; what is left has messages of its own, and the tick. */
const MAX_ROUNDS = 20;
/** Runs begun by one batch, unless one event alone begins more. */
const MAX_LAUNCHES = 100;
/** Where letters about events of the outbox say that they come from. */
const OUTBOX = 'outbox';

export interface OutboxDrainDeps {
  readonly store: EventStore;
  readonly subscriber: EventSubscriber;
  readonly jobs: Pick<JobService, 'wake'>;
  readonly clock: Clock;
  /** Takes why an event could not be consumed. */
  readonly report: (error: unknown, eventId: string) => void;
}

/**
 * Brings about what events bring about, in the order of their commits: a round takes the first ones alone, and commits the
 * runs that come of them in the batch that forgets them. Several may drain at once: one of two that took the same event
 * finds it gone, and takes what is first then.
 */
export class OutboxDrain {
  readonly #deps: OutboxDrainDeps;

  constructor(deps: OutboxDrainDeps) {
    this.#deps = deps;
  }

  async drain(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const entries = await this.#deps.store.takeFirst(LIMIT);
      if (entries.length === 0) return;
      await this.#consume(entries);
    }
  }

  async #consume(entries: readonly OutboxEntry[]): Promise<void> {
    const launches = await this.#launchesOf(entries);
    const count = countFitting(launches);
    const batch = entries.slice(0, count);
    const batchLaunches = launches.slice(0, count);
    const letters = batch.flatMap((entry, index) => (batchLaunches[index] ? [] : [letterOf(entry)]));
    try {
      await this.#commit(
        batch,
        batchLaunches.flatMap((each) => each ?? []),
        letters,
      );
    } catch (error) {
      if (isPassing(error)) throw error;
      await this.#consumeAlone(batch, batchLaunches);
    }
  }

  /** One event that cannot be consumed must not hold up all others: it is kept where an operator finds it. */
  async #consumeAlone(
    entries: readonly OutboxEntry[],
    launches: readonly (readonly Launch[] | undefined)[],
  ): Promise<void> {
    for (const [index, entry] of entries.entries()) {
      try {
        await this.#commit([entry], launches[index] ?? [], launches[index] ? [] : [letterOf(entry)]);
      } catch (error) {
        if (isPassing(error)) throw error;
        this.#deps.report(error, entry.eventId);
        await this.#commit([entry], [], [letterOf(entry)]);
      }
    }
  }

  async #commit(
    entries: readonly OutboxEntry[],
    launches: readonly Launch[],
    letters: readonly Letter[],
  ): Promise<void> {
    const { store, jobs, clock } = this.#deps;
    const taskIds = await store.consume({ entries, launches, letters, nowMs: clock.nowMs() });
    if (taskIds) jobs.wake(taskIds);
  }

  /** Undefined for an entry nobody understands. */
  async #launchesOf(entries: readonly OutboxEntry[]): Promise<readonly (readonly Launch[] | undefined)[]> {
    const known = entries.flatMap(({ event }) => (event ? [event] : []));
    const launches = await this.#deps.subscriber.launchesOf(known);
    const byEvent = new Map<RecordedEvent, readonly Launch[]>(
      known.map((event, index) => [event, launches[index] ?? []]),
    );
    return entries.map(({ event }) => event && byEvent.get(event));
  }
}

/** How many entries one batch takes: at least the first. */
function countFitting(launches: readonly (readonly Launch[] | undefined)[]): number {
  let total = 0;
  const index = launches.findIndex((each) => {
    total += each?.length ?? 0;
    return total > MAX_LAUNCHES;
  });
  return index < 0 ? launches.length : Math.max(index, 1);
}

function letterOf({ eventId, event, body }: OutboxEntry): Letter {
  return { messageId: eventId, queue: OUTBOX, body: event ?? body };
}

/** Whether a try later may succeed. */
function isPassing(error: unknown): boolean {
  return error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE';
}
