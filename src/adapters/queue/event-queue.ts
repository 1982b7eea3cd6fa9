import type { DomainEvent } from '#domain/events/event';
import type { EventQueue } from '#domain/events/event-queue';

/** Messages one `sendBatch` takes (developers.cloudflare.com/queues/platform/limits). */
const MAX_BATCH = 100;

export class CloudflareEventQueue implements EventQueue {
  readonly #queue: Queue;

  constructor(deps: { readonly queue: Queue }) {
    this.#queue = deps.queue;
  }

  async send(events: readonly DomainEvent[]): Promise<void> {
    for (let start = 0; start < events.length; start += MAX_BATCH) {
      await this.#queue.sendBatch(events.slice(start, start + MAX_BATCH).map((body) => ({ body })));
    }
  }
}
