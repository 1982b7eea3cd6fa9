import type { Interceptor } from '#test/support/intercepted-bindings';

/**
 * Limits that the edge enforces and the local platform does not (developers.cloudflare.com, limits of each product).
 * A test that runs under them fails as the deployment would.
 */
const LIMITS = {
  queueMessageBytes: 128_000,
  queueBatchMessages: 100,
  queueBatchBytes: 256_000,
  objectKeyBytes: 1_024,
  objectMetadataBytes: 8_192,
  objectsPerDelete: 1_000,
  multipartParts: 10_000,
} as const;

function sizeOf(value: unknown): number {
  return new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)).length;
}

function demand(condition: boolean, limit: keyof typeof LIMITS): void {
  if (!condition) throw new Error(`the edge's limit ${limit} (${LIMITS[limit]}) is exceeded`);
}

/** Refuses what the edge would refuse. */
export const edgeLimits: Interceptor = (call, invoke) => {
  const [first, second, third] = call.args;
  if (call.binding === 'EVENTS' || call.binding === 'JOBS')
    checkMessages(call.method === 'sendBatch' ? (first as { body: unknown }[]) : [{ body: first }]);
  if (call.binding === 'BLOBS') {
    if (call.method === 'put') checkObject(first as string, third as R2PutOptions | undefined);
    if (call.method === 'createMultipartUpload') checkObject(first as string, second as R2PutOptions | undefined);
    if (call.method === 'delete')
      demand(!Array.isArray(first) || first.length <= LIMITS.objectsPerDelete, 'objectsPerDelete');
    if (call.method === 'uploadPart') demand(Number(first) <= LIMITS.multipartParts, 'multipartParts');
  }
  return invoke();
};

function checkMessages(messages: readonly { body: unknown }[]): void {
  const sizes = messages.map(({ body }) => sizeOf(body));
  demand(messages.length <= LIMITS.queueBatchMessages, 'queueBatchMessages');
  demand(Math.max(0, ...sizes) <= LIMITS.queueMessageBytes, 'queueMessageBytes');
  demand(sizes.reduce((sum, size) => sum + size, 0) <= LIMITS.queueBatchBytes, 'queueBatchBytes');
}

function checkObject(key: string, options: R2PutOptions | undefined): void {
  demand(sizeOf(key) <= LIMITS.objectKeyBytes, 'objectKeyBytes');
  demand(sizeOf(options?.customMetadata ?? {}) <= LIMITS.objectMetadataBytes, 'objectMetadataBytes');
}
