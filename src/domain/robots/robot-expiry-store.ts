import type { RecordedEvent } from '#domain/events/event';

export type RobotExpiring = Extract<RecordedEvent, { kind: 'robot-expiring' }>;

/** A robot whose end has not been announced. */
export interface ExpiringRobot {
  readonly id: number;
  readonly name: string;
  readonly project: { readonly id: number; readonly name: string } | undefined;
  readonly expiresAtMs: number;
}

export interface RobotExpiryStore {
  /** Robots that may log in, end in this time and have not been announced; up to `limit`, soonest first. */
  findUnannounced(fromMs: number, untilMs: number, limit: number): Promise<readonly ExpiringRobot[]>;

  /** Records the events. False, and none of them, when one of the ends has been announced meanwhile, or is another now. */
  announce(events: readonly RobotExpiring[]): Promise<boolean>;
}
