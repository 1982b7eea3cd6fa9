import type { Clock } from '#core/clock';
import type { LoginAttempt, LoginMethod, LoginOutcome } from '#domain/access/login-method';
import type { RobotPrincipal } from '#domain/access/principal';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { parseFullName, type Robot } from '#domain/robots/robot';
import { isSecret } from '#domain/robots/robot-secret';
import type { RobotService } from '#domain/robots/robot-service';

export interface RobotLoginDeps {
  readonly robots: RobotService;
  readonly configuration: ConfigurationService;
  readonly clock: Clock;
}

/** Robots, known by the prefix of their names. A name with the prefix that is no robot's may be a person's. */
export class RobotLogin implements LoginMethod {
  readonly #deps: RobotLoginDeps;

  constructor(deps: RobotLoginDeps) {
    this.#deps = deps;
  }

  async attempt({ username, password }: LoginAttempt): Promise<LoginOutcome> {
    const { robot_name_prefix: prefix } = await this.#deps.configuration.current();
    const parsed = parseFullName(username, prefix);
    const robot = parsed && (await this.#deps.robots.findByName(parsed.project, parsed.name));
    if (!robot) return 'not-mine';
    return this.#isUsable(robot) && isSecret(password, robot.secretHash) ? toPrincipal(robot, username) : 'refused';
  }

  #isUsable({ isDisabled, expiresAtMs }: Robot): boolean {
    return !isDisabled && (expiresAtMs === undefined || expiresAtMs > this.#deps.clock.nowMs());
  }
}

function toPrincipal(robot: Robot, username: string): RobotPrincipal {
  return {
    kind: 'robot',
    username,
    subject: { kind: 'robot', id: robot.id, securityVersion: robot.securityVersion },
    projectId: robot.project?.id,
    permissions: robot.permissions,
    expiresAtMs: robot.expiresAtMs,
  };
}
