import { countCalls } from '#adapters/metering/count-calls';
import type { OperationMeter } from '#adapters/metering/operation-meter';

/** Each call of an object is one request, over RPC and `fetch` alike (developers.cloudflare.com/durable-objects). */
export function meterNamespace<T extends DurableObjectNamespace>(namespace: T, meter: OperationMeter): T {
  return countCalls(namespace, {
    meter,
    priceOf: () => undefined,
    wrapAnswer: (answer, method) =>
      method === 'get' || method === 'getByName'
        ? countCalls(answer as object, { meter, priceOf: () => 'doRequests' })
        : answer,
  });
}
