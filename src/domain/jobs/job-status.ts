/**
 * Harbor's words for how a job stands. `Scheduled` waits for a time: a retry that is not due yet. The last three are final;
 * a task has one of them once.
 */
export const JOB_STATUSES = ['Pending', 'Scheduled', 'Running', 'Stopped', 'Error', 'Success'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];
export type FinalStatus = Extract<JobStatus, 'Stopped' | 'Error' | 'Success'>;

export function isFinal(status: JobStatus): status is FinalStatus {
  return status === 'Stopped' || status === 'Error' || status === 'Success';
}
