import type { WakeUp } from '#domain/jobs/task-store';

/** The queue that wakes tasks. At least once, in no order; what it loses the tick makes up for. */
export interface JobQueue {
  send(wakeUps: readonly WakeUp[]): Promise<void>;
}
