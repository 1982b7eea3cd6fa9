import type { JobStatus } from '#domain/jobs/job-status';
import type { VendorType } from '#domain/jobs/vendor-type';

/** One piece of an execution (Harbor's task). */
export interface Task {
  readonly id: number;
  readonly executionId: number;
  readonly vendorType: VendorType;
  readonly vendorId: number;
  /** What Harbor calls the job's id; the same over all retries. */
  readonly jobId: string;
  /** Tasks of one lane run one after the other. */
  readonly lane: string | undefined;
  readonly status: JobStatus;
  readonly statusMessage: string;
  readonly revision: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Where the next slice begins; undefined before the first. */
  readonly cursor: Readonly<Record<string, unknown>> | undefined;
  readonly results: Readonly<Record<string, unknown>>;
  /** Slices that failed since the last that came through. */
  readonly failures: number;
  readonly createdAtMs: number;
  readonly startedAtMs: number | undefined;
  readonly updatedAtMs: number;
  readonly endedAtMs: number | undefined;
}
