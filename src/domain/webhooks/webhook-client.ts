/** A delivery as it is sent. */
export interface WebhookMessage {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came of sending: a status and the beginning of what was answered, or why there was no answer. */
export type WebhookAnswer =
  | { readonly status: number; readonly excerpt: string }
  | { readonly problem: 'timeout' | 'unreachable' };

/** Sends deliveries. Never follows a redirect, never waits longer than a few seconds, reads no more than a few KiB. */
export interface WebhookClient {
  send(message: WebhookMessage): Promise<WebhookAnswer>;
}
