import type { LogEndpoint } from '#domain/audit/log-endpoint';

/** Whoever collects the logs of many systems. */
export interface LogReceiver {
  /** Whether somebody listens there. */
  isThere(endpoint: LogEndpoint): Promise<boolean>;

  /** Hands over messages in their order; resolves once the other side has them all, rejects when it may not. */
  send(endpoint: LogEndpoint, messages: readonly string[]): Promise<void>;
}
