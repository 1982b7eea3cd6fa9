import type { DomainEvent } from '#domain/events/event';

/** The queue between a deed and its consequences. At least once, in no order. */
export interface EventQueue {
  send(events: readonly DomainEvent[]): Promise<void>;
}
