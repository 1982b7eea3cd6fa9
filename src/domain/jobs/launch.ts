import { newId } from '#core/ids';
import type { Mutation } from '#domain/events/mutation';
import { laneOf } from '#domain/jobs/job-catalogue';
import type { VendorType } from '#domain/jobs/vendor-type';

export type Trigger = 'MANUAL' | 'SCHEDULE' | 'EVENT';

export interface NewTask {
  readonly jobId: string;
  readonly lane: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A run about to begin, as it commits: the execution and its tasks in one batch, with whatever the batch is about. */
export interface Launch {
  readonly vendorType: VendorType;
  readonly vendorId: number;
  readonly trigger: Trigger;
  readonly operator: string;
  /** A launch whose key is known has been made before and does nothing. */
  readonly launchKey: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly tasks: readonly NewTask[];
  /** When the policy it was made by had changed last; the batch of its event takes no launch of one that has changed since. */
  readonly policyUpdatedAtMs?: number;
  /** The audit row of a launch that somebody asked for. */
  readonly mutation?: Mutation | undefined;
  readonly nowMs: number;
}

export interface LaunchRequest extends Omit<Launch, 'launchKey' | 'tasks'> {
  /** Undefined for what somebody asks for: each request is a run of its own. */
  readonly launchKey?: string | undefined;
}

/** A run of one task, which gets the parameters of the run. */
export function newLaunch(request: LaunchRequest): Launch {
  const { launchKey = newId(), ...rest } = request;
  return { ...rest, launchKey, tasks: [newTask(request, request.parameters)] };
}

export function newTask(
  { vendorType, vendorId }: Pick<Launch, 'vendorType' | 'vendorId'>,
  parameters: NewTask['parameters'],
): NewTask {
  return { jobId: newId(), lane: laneOf(vendorType, vendorId), parameters };
}
