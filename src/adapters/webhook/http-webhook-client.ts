import type { WebhookAnswer, WebhookClient, WebhookMessage } from '#domain/webhooks/webhook-client';

/** How long a target may take to answer, in milliseconds, as in Harbor. */
const TIMEOUT_MS = 3_000;
/** Of an answer, as many bytes as are read. */
const MAX_READ_BYTES = 4_096;
/** Of those, as many characters as are told. */
const MAX_EXCERPT = 256;

export interface HttpWebhookClientDeps {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** Sends deliveries by POST. Redirects are not followed: a secret goes where it belongs. */
export class HttpWebhookClient implements WebhookClient {
  readonly #fetch: HttpWebhookClientDeps['fetch'];

  constructor(deps: HttpWebhookClientDeps) {
    this.#fetch = deps.fetch;
  }

  async send({ address, headers, body }: WebhookMessage): Promise<WebhookAnswer> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const init: RequestInit = { method: 'POST', headers, body, redirect: 'manual', signal };
      const response = await this.#fetch.call(undefined, address, init);
      return { status: response.status, excerpt: await excerptOf(response) };
    } catch {
      return { problem: signal.aborted ? 'timeout' : 'unreachable' };
    }
  }
}

/** The beginning of a refusal's text, on one line; nothing of what says yes. The rest is not waited for. */
async function excerptOf({ ok, body }: Response): Promise<string> {
  if (!body) return '';
  const reader = body.getReader();
  let text = '';
  try {
    const decoder = new TextDecoder();
    for (let sizeBytes = 0; !ok && sizeBytes < MAX_READ_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) break;
      sizeBytes += value.byteLength;
      text += decoder.decode(value.subarray(0, MAX_READ_BYTES), { stream: true });
    }
  } catch {
    // A status without its text says enough.
  }
  // Not waited for: a body that nobody reads on is the platform's to end.
  reader.cancel().catch(() => undefined);
  return onOneLine(text);
}

function onOneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MAX_EXCERPT);
}
