import type { DomainEvent, PulledEvent, RecordedEvent } from '#domain/events/event';
import type { Launch } from '#domain/jobs/launch';

/** A message or an event that could not be acted on. */
export interface Letter {
  readonly messageId: string;
  readonly queue: string;
  readonly body: unknown;
}

/** An event that waits for its consequences. */
export interface OutboxEntry {
  /** Entries are in the order of their commits. */
  readonly position: number;
  readonly eventId: string;
  /** Undefined for one that nobody understands. */
  readonly event: RecordedEvent | undefined;
  readonly body: string;
}

/** What becomes of the first entries of the outbox. */
export interface Consumption {
  readonly entries: readonly OutboxEntry[];
  readonly launches: readonly Launch[];
  readonly letters: readonly Letter[];
  readonly nowMs: number;
}

/** Rows behind the events: what has no consequences yet, what has been consumed, what nobody could consume. */
export interface EventStore {
  /** Unconfirmed events that are due, each made due again later. Up to `limit`. */
  takeDue(nowMs: number, limit: number): Promise<readonly DomainEvent[]>;

  /** Records an event that belongs to no mutation, if somebody in its project wants to hear of anything. */
  append(event: RecordedEvent, nowMs: number): Promise<boolean>;

  /**
   * Forgets those of the first `limit` events that concern no project with a webhook policy, and answers which are first
   * then, in the order of their commits.
   */
  takeFirst(limit: number): Promise<readonly OutboxEntry[]>;

  /**
   * Forgets the entries, which are the first, and commits what comes of them in the same batch. Answers the tasks that may
   * run; undefined when somebody else has consumed one of the entries, or has changed a policy that a launch was made by, and
   * nothing has happened.
   */
  consume(consumption: Consumption): Promise<readonly number[] | undefined>;

  /** Those of the events that have been consumed. */
  consumed(eventIds: readonly string[]): Promise<ReadonlySet<string>>;

  /** Begins runs, each once a launch key. Answers the tasks that may run. */
  launch(launches: readonly Launch[]): Promise<readonly number[]>;

  /** Adds pulls to counters and times, once an event however often it comes. */
  recordPulls(events: readonly PulledEvent[], nowMs: number): Promise<void>;

  /** Keeps a message that no retry could deliver. May be repeated. */
  bury(letter: Letter, nowMs: number): Promise<void>;

  /** Forgets up to 1,000 messages kept from before this. */
  forgetBuriedBefore(atMs: number): Promise<void>;

  /** Forgets consumed events older than this. */
  forgetConsumedBefore(atMs: number): Promise<void>;
}
