import type { Admission, CheckOutcome } from '#domain/access/login-throttle';

/** One throttle for each account, shared by all isolates. Both reject when the throttle cannot be reached. */
export interface LoginThrottles {
  admit(account: string, client: string): Promise<Admission>;

  /** Ends a check that was admitted. */
  settle(account: string, client: string, outcome: CheckOutcome): Promise<void>;
}
