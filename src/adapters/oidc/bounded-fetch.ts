import { AppError } from '#core/errors';
import { isLoopback } from '#core/private-host';

/** How a provider is asked; the platform's `fetch`, or a test's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface BoundedFetchOptions {
  readonly fetch: Fetch;
  /** Whether `http:` will do for a provider on this machine. */
  readonly isLoopbackAllowed: boolean;
}

/** Largest answer of a provider that is read, in bytes: 1 MiB. */
const MAX_ANSWER_BYTES = 2 ** 20;
/** How long a provider may take to answer in full, in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Asks a provider: bounded in size and time, following no redirect. Rejects with SERVICE_UNAVAILABLE when there is no
 * answer, or one that says that there will be none for now.
 */
export function boundedFetch({ fetch, isLoopbackAllowed }: BoundedFetchOptions): Fetch {
  return async function fetchBounded(url, init) {
    if (!isReachable(new URL(url), isLoopbackAllowed)) {
      throw new AppError('PRECONDITION', { message: 'the OIDC provider is not reached by https' });
    }
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
    try {
      const response = await fetch(url, { ...init, redirect: 'manual', signal });
      const body = await readBounded(response);
      if (response.status >= 500 || response.status === 429) throw new Error(`status ${response.status} of ${url}`);
      return withBody(response, body);
    } catch (cause) {
      throw unreachable(cause);
    }
  };
}

/** Whether an address of a provider may be asked: by https, or on this machine where that will do. */
export function isReachable({ protocol, hostname }: URL, isLoopbackAllowed: boolean): boolean {
  return protocol === 'https:' || (isLoopbackAllowed && protocol === 'http:' && isLoopback(hostname));
}

function unreachable(cause: unknown): AppError {
  return new AppError('SERVICE_UNAVAILABLE', {
    message: 'the OIDC provider cannot be reached, try again',
    retryAfterSeconds: 5,
    cause,
  });
}

async function readBounded(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new Error(`an answer larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}

/** The same answer with the body that was read; it is decoded already. */
function withBody(response: Response, body: Uint8Array<ArrayBuffer>): Response {
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.delete('content-length');
  const isWithout = response.status === 204 || response.status === 304;
  return new Response(isWithout ? null : body, { status: response.status, headers });
}
