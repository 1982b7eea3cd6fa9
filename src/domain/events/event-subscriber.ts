import type { PulledEvent, RecordedEvent } from '#domain/events/event';
import type { Launch } from '#domain/jobs/launch';

/** Turns what happened into work that happens later. */
export interface EventSubscriber {
  /** For each event, in its place, the runs that come of it. */
  launchesOf(events: readonly RecordedEvent[]): Promise<readonly (readonly Launch[])[]>;
  /** As {@link launchesOf}, of pulls. */
  launchesOfPulls(events: readonly PulledEvent[]): Promise<readonly (readonly Launch[])[]>;
}
