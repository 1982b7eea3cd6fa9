import type { JobStatus } from '#domain/jobs/job-status';
import type { Trigger } from '#domain/jobs/launch';
import type { VendorType } from '#domain/jobs/vendor-type';

/** One run of some work (Harbor's execution). */
export interface Execution {
  readonly id: number;
  readonly vendorType: VendorType;
  /** Which policy it runs; 0 for work there is but one of. */
  readonly vendorId: number;
  readonly trigger: Trigger;
  /** Who asked, by name. */
  readonly operator: string;
  readonly status: JobStatus;
  readonly statusMessage: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What its first task has brought so far; most have but one. */
  readonly results: Readonly<Record<string, unknown>>;
  /** Its tasks by status. */
  readonly taskCounts: Readonly<Record<Lowercase<JobStatus>, number>>;
  readonly startedAtMs: number;
  readonly updatedAtMs: number;
  readonly endedAtMs: number | undefined;
}
