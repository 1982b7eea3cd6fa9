import type { OperationMeter } from '#adapters/metering/operation-meter';

/** A message is billed in steps of this size (developers.cloudflare.com/queues/platform/pricing). */
const BILLED_STEP_BYTES = 64_000;

/** The queues of Roadstead carry JSON, so that is what is measured. */
export function meterQueue<Body>(queue: Queue<Body>, meter: OperationMeter): Queue<Body> {
  const count = (body: unknown) => {
    const sizeBytes = new TextEncoder().encode(JSON.stringify(body)).length;
    meter.add('queueOps', Math.max(1, Math.ceil(sizeBytes / BILLED_STEP_BYTES)));
  };
  return {
    send(body, options) {
      count(body);
      return queue.send(body, options);
    },
    sendBatch(messages, options) {
      const listed = [...messages];
      for (const { body } of listed) count(body);
      return queue.sendBatch(listed, options);
    },
    metrics: () => queue.metrics(),
  };
}
