import type { VendorType } from '#domain/jobs/vendor-type';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** How one kind of work is run. */
export interface JobKind {
  /** Slices in a row that may fail, or go quiet with their consumer, before the task ends in `Error`. */
  readonly maxFailures: number;
  /** Waiting time before the next try, by the number of failures so far; the last stands for all further ones. */
  readonly backoffMs: readonly number[];
  /** Whether tasks run one after the other: all of the kind, those of one policy, or none. */
  readonly lane: 'kind' | 'policy' | 'none';
  /** Tasks of a lane that may wait for their turn; the oldest of more are given up by the launch that makes them. Undefined bounds nothing. */
  readonly maxWaiting?: number;
  /** Ended executions kept of each policy, the newest; Harbor's numbers. */
  readonly keptExecutions: number;
}

const MAINTENANCE = { maxFailures: 4, backoffMs: [10 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS] } as const;
/**
 * Four tries within five minutes, so that an address that is down holds up no more of its policy's deliveries. These are 14 an
 * hour, and what comes in faster must not pile up for ever.
 */
const DELIVERY = { maxFailures: 4, backoffMs: [10 * SECOND_MS, MINUTE_MS, 3 * MINUTE_MS], maxWaiting: 1_000 } as const;

/** All kinds of work there are. */
export const JOB_CATALOGUE: Readonly<Record<VendorType, JobKind>> = {
  GARBAGE_COLLECTION: { ...MAINTENANCE, lane: 'kind', keptExecutions: 50 },
  STORAGE_COMPARISON: { ...MAINTENANCE, lane: 'kind', keptExecutions: 10 },
  RETENTION: { ...MAINTENANCE, lane: 'policy', keptExecutions: 50 },
  PURGE_AUDIT_LOG: { ...MAINTENANCE, lane: 'kind', keptExecutions: 10 },
  WEBHOOK: { ...DELIVERY, lane: 'policy', keptExecutions: 50 },
  SLACK: { ...DELIVERY, lane: 'policy', keptExecutions: 50 },
};

/** The lane of a task; undefined runs beside all others. */
export function laneOf(vendorType: VendorType, vendorId: number): string | undefined {
  switch (JOB_CATALOGUE[vendorType].lane) {
    case 'kind':
      return vendorType;
    case 'policy':
      return `${vendorType}:${vendorId}`;
    case 'none':
      return undefined;
  }
}

/** When a task that has failed `failures` times in a row is tried again, from now; undefined when it is not. */
export function retryDelayMs(vendorType: VendorType, failures: number): number | undefined {
  const { maxFailures, backoffMs } = JOB_CATALOGUE[vendorType];
  return failures >= maxFailures ? undefined : backoffMs[Math.min(failures, backoffMs.length) - 1];
}
