import type { Clock } from '#core/clock';
import { newId } from '#core/ids';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { EventService } from '#domain/events/event-service';
import { fullName } from '#domain/robots/robot';
import type { ExpiringRobot, RobotExpiring, RobotExpiryStore } from '#domain/robots/robot-expiry-store';

/** How long before its end a robot is announced: time to give a pipeline another secret. */
const NOTICE_MS = 7 * 24 * 60 * 60_000;
/** Robots of one tick; more follow with the next. */
const MAX_ANNOUNCED = 100;

export interface RobotExpiryServiceDeps {
  readonly expiries: RobotExpiryStore;
  readonly configuration: Pick<ConfigurationService, 'current'>;
  readonly events: Pick<EventService, 'announce'>;
  readonly clock: Clock;
}

/** Tells, once of each end, that robots come to theirs. */
export class RobotExpiryService {
  readonly #deps: RobotExpiryServiceDeps;

  constructor(deps: RobotExpiryServiceDeps) {
    this.#deps = deps;
  }

  /** The cron tick calls this. */
  async announce(): Promise<void> {
    const { expiries, configuration, events, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const robots = await expiries.findUnannounced(nowMs, nowMs + NOTICE_MS, MAX_ANNOUNCED);
    if (robots.length === 0) return;
    const { robot_name_prefix: prefix } = await configuration.current();
    const announced = robots.map((robot) => toEvent(robot, prefix, nowMs));
    if (await expiries.announce(announced)) events.announce(announced);
  }
}

function toEvent(robot: ExpiringRobot, prefix: string, nowMs: number): RobotExpiring {
  return {
    kind: 'robot-expiring',
    id: newId(),
    atMs: nowMs,
    actor: '',
    ...(robot.project && { projectId: robot.project.id }),
    robotId: robot.id,
    robotName: fullName(robot, prefix),
    expiresAtMs: robot.expiresAtMs,
  };
}
