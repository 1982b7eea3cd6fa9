import type { WakeUp } from '#domain/jobs/task-store';

/** The queue that wakes tasks. At least once, in no order; what it loses the tick makes up for. */
export interface JobQueue {
  /** With `delayMs`, not before that time has passed. */
  send(wakeUps: readonly WakeUp[], delayMs?: number): Promise<void>;
}
