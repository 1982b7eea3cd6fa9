import type { DomainEvent, PulledEvent } from '#domain/events/event';

/** Rows behind the events: what is not confirmed yet, what has been consumed, what nobody could consume. */
export interface EventStore {
  /** Unconfirmed events that are due, each made due again later. Up to `limit`. */
  takeDue(nowMs: number, limit: number): Promise<readonly DomainEvent[]>;

  /** Forgets unconfirmed events; their consequences have happened. */
  confirm(eventIds: readonly string[]): Promise<void>;

  /** Adds pulls to counters and times, once an event however often it comes. */
  recordPulls(events: readonly PulledEvent[], nowMs: number): Promise<void>;

  /** Keeps a message that no retry could deliver. May be repeated. */
  bury(letter: {
    readonly messageId: string;
    readonly queue: string;
    readonly body: unknown;
    readonly nowMs: number;
  }): Promise<void>;

  /** Forgets up to 1,000 messages kept from before this. */
  forgetBuriedBefore(atMs: number): Promise<void>;

  /** Forgets consumed events older than this. */
  forgetConsumedBefore(atMs: number): Promise<void>;
}
