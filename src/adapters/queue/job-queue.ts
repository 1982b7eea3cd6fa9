import type { JobQueue } from '#domain/jobs/job-queue';
import type { WakeUp } from '#domain/jobs/task-store';

export class CloudflareJobQueue implements JobQueue {
  readonly #queue: Queue;

  constructor(deps: { readonly queue: Queue }) {
    this.#queue = deps.queue;
  }

  /** Up to 100, which is what one `sendBatch` takes (developers.cloudflare.com/queues/platform/limits). */
  async send(wakeUps: readonly WakeUp[], delayMs = 0): Promise<void> {
    const options = delayMs > 0 ? { delaySeconds: Math.ceil(delayMs / 1000) } : {};
    if (wakeUps.length > 0)
      await this.#queue.sendBatch(
        wakeUps.map((body) => ({ body })),
        options,
      );
  }
}
