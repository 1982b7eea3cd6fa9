import { type DomainEvent, domainEventSchema } from '#domain/events/event';
import { giveUpJobs, runJobs } from '#queues/job-consumer';
import type { Services } from '#src/services';

/** The queue whose messages no retry could deliver (wrangler.toml). */
const DEAD_LETTER_SUFFIX = '-dead';

const JOBS_QUEUE = 'roadstead-jobs';

/** Hands a batch of messages to whoever acts on them, and says which are done. */
export async function consume(batch: MessageBatch, services: Services): Promise<void> {
  if (batch.queue === JOBS_QUEUE) return runJobs(batch, services);
  if (batch.queue === `${JOBS_QUEUE}${DEAD_LETTER_SUFFIX}`) return giveUpJobs(batch, services);
  if (batch.queue.endsWith(DEAD_LETTER_SUFFIX)) return buryAll(batch, services);
  const events: DomainEvent[] = [];
  for (const { id, body } of batch.messages) {
    const event = domainEventSchema.safeParse(body);
    if (event.success) events.push(event.data);
    // Nothing would ever understand it, so no retry is due.
    else await services.events.bury(id, batch.queue, body);
  }
  // A throw retries the whole batch; consuming and burying twice changes nothing.
  await services.events.consume(events);
  // Pulls have written entries.
  services.forwarding.wake();
  batch.ackAll();
}

async function buryAll(batch: MessageBatch, services: Services): Promise<void> {
  for (const { id, body } of batch.messages) await services.events.bury(id, batch.queue, body);
  batch.ackAll();
}
