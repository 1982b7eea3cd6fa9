import { z } from 'zod';
import type { Services } from '#src/services';

const wakeUpSchema = z.object({ taskId: z.int(), revision: z.int().optional() });

/** Runs the tasks that the messages wake, beside each other. A throw retries the batch; running twice changes nothing. */
export async function runJobs(batch: MessageBatch, { jobRunner, events }: Services): Promise<void> {
  const outcomes = await Promise.allSettled(
    batch.messages.map(async ({ id, body }) => {
      const wakeUp = wakeUpSchema.safeParse(body);
      // Nothing would ever understand it, so no retry is due.
      await (wakeUp.success ? jobRunner.run(wakeUp.data) : events.bury(id, batch.queue, body));
    }),
  );
  for (const [index, message] of batch.messages.entries()) {
    if (outcomes[index]?.status === 'fulfilled') message.ack();
    else message.retry();
  }
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Ends the tasks of messages that no retry could deliver, so that none waits for ever. */
export async function giveUpJobs(batch: MessageBatch, { jobRunner, events }: Services): Promise<void> {
  for (const { id, body } of batch.messages) {
    const wakeUp = wakeUpSchema.safeParse(body);
    if (wakeUp.success) await jobRunner.giveUp(wakeUp.data);
    await events.bury(id, batch.queue, body);
  }
  batch.ackAll();
}
