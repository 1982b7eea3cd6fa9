import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { newId } from '#core/ids';
import type { ForwardingStore } from '#domain/audit/forwarding-store';
import { type LogEndpoint, parseLogEndpoint } from '#domain/audit/log-endpoint';
import type { LogReceiver } from '#domain/audit/log-receiver';
import { syslogMessage } from '#domain/audit/syslog-message';
import type { ConfigurationService } from '#domain/configuration/configuration-service';

/** How long entries are gathered, in milliseconds, before they are sent by one connection. */
const GATHER_MS = 1_000;
/** A wake-up so late, in milliseconds, was cut off with the request it hung on; the next deed makes another. */
const OVERDUE_MS = 10_000;
/** Entries of one connection: about 300 KB, of which a network holds all until the other side has taken it. */
const BATCH_ENTRIES = 500;
/** Longer than a batch with all its waiting. */
const LEASE_MS = 30_000;
/** After an answer the platform lets work go on for 30 s. */
const RUN_MS = 15_000;
/** An endpoint that is down is tried again after, by failures in a row. */
const RETRY_DELAYS_MS = [5_000, 15_000, 60_000, 5 * 60_000] as const;

export interface ForwardingServiceDeps {
  readonly store: ForwardingStore;
  readonly receiver: LogReceiver;
  readonly configuration: Pick<ConfigurationService, 'current'>;
  readonly background: Background;
  readonly clock: Clock;
  /** Of the registry, where its deployment tells. */
  readonly hostname: string | undefined;
}

/** Sends the audit log on to a receiver of syslog: each entry at least once, in their order, in nobody's way. */
export class ForwardingService {
  readonly #deps: ForwardingServiceDeps;
  #wakeDueAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: ForwardingServiceDeps) {
    this.#deps = deps;
  }

  /** Forwards soon, as something may have been done. */
  wake(): void {
    const nowMs = this.#deps.clock.nowMs();
    if (nowMs < this.#wakeDueAtMs + OVERDUE_MS) return;
    this.#wakeDueAtMs = nowMs + GATHER_MS;
    // What fails here is made up for by the tick.
    this.#deps.background(this.#forwardSoon().catch(() => undefined));
  }

  /** Forwards what has not been yet; the cron tick calls this. */
  async forward(): Promise<void> {
    const endpoint = await this.#endpoint();
    if (!endpoint) return;
    const token = newId();
    if (!(await this.#deps.store.claim(token, this.#deps.clock.nowMs(), LEASE_MS))) return;
    try {
      await this.#forwardUnder(token, endpoint);
    } catch (error) {
      await this.#deps.store.releaseFailed(token, this.#deps.clock.nowMs(), RETRY_DELAYS_MS);
      throw error;
    }
  }

  async #forwardSoon(): Promise<void> {
    if (!(await this.#endpoint())) {
      this.#wakeDueAtMs = Number.NEGATIVE_INFINITY;
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    this.#wakeDueAtMs = Number.NEGATIVE_INFINITY;
    await this.forward();
  }

  async #endpoint(): Promise<LogEndpoint | undefined> {
    const { audit_log_forward_endpoint: endpoint } = await this.#deps.configuration.current();
    return parseLogEndpoint(endpoint);
  }

  async #forwardUnder(token: string, endpoint: LogEndpoint): Promise<void> {
    const { store, receiver, clock, hostname } = this.#deps;
    const untilMs = clock.nowMs() + RUN_MS;
    while (clock.nowMs() < untilMs) {
      const { entries, lastId } = await store.next(token, BATCH_ENTRIES);
      if (lastId === undefined) {
        if (await store.releaseWhenDone(token)) return;
        continue;
      }
      if (entries.length > 0) {
        await receiver.send(
          endpoint,
          entries.map((entry) => syslogMessage(entry, hostname)),
        );
      }
      if (!(await store.advance(token, lastId, clock.nowMs() + LEASE_MS))) return;
    }
    await store.release(token);
  }
}
