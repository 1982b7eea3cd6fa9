/**
 * Harbor's words for how a job stands. `Scheduled` waits for a time: a retry that is not due yet. The last three are final;
 * a task has one of them once.
 */
export type JobStatus = 'Pending' | 'Scheduled' | 'Running' | FinalStatus;
export type FinalStatus = 'Stopped' | 'Error' | 'Success';

export function isFinal(status: JobStatus): status is FinalStatus {
  return status === 'Stopped' || status === 'Error' || status === 'Success';
}
