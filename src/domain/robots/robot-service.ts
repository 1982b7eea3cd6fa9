import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import type { RobotPermission } from '#core/rbac/robot-permissions';
import type { Actor } from '#domain/audit/audit';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { ProjectService } from '#domain/projects/project-service';
import {
  expiryOf,
  fullName,
  type Robot,
  type RobotCreator,
  requireDuration,
  requireRobotName,
} from '#domain/robots/robot';
import { hashSecret, newSecret } from '#domain/robots/robot-secret';
import type { RobotFilter, RobotPage, RobotStore } from '#domain/robots/robot-store';
import { requireStrongSecret } from '#domain/users/user-rules';

/** How old a remembered robot may be: disabling it acts within this time. */
const FACTS_TTL_MS = 10_000;
const MAX_REMEMBERED_ROBOTS = 10_000;

export interface RobotServiceDeps {
  readonly robots: RobotStore;
  readonly projects: ProjectService;
  readonly configuration: ConfigurationService;
  readonly clock: Clock;
}

/** A robot that somebody asks for; its permissions have been checked (`robot-access-service.ts`). */
export interface RobotCreation {
  readonly name: string;
  readonly description: string;
  readonly projectId: number | undefined;
  /** Undefined makes one. */
  readonly secret: string | undefined;
  readonly durationDays: number;
  readonly isDisabled: boolean;
  readonly creator: RobotCreator;
  readonly permissions: readonly RobotPermission[];
}

export interface RobotUpdate {
  readonly description: string;
  readonly durationDays: number;
  readonly isDisabled: boolean;
  readonly permissions: readonly RobotPermission[];
}

/** Accounts of machines. */
export class RobotService {
  readonly #deps: RobotServiceDeps;
  readonly #versions: BoundedCache<{ readonly version: number | undefined; readonly expiresAtMs: number | undefined }>;

  constructor(deps: RobotServiceDeps) {
    this.#deps = deps;
    this.#versions = new BoundedCache({ maxWeight: MAX_REMEMBERED_ROBOTS, ttlMs: FACTS_TTL_MS, clock: deps.clock });
  }

  /** `project` is its present name or an alias; a robot goes on logging in with the name it was made with. */
  findByName(project: string | undefined, name: string): Promise<Robot | undefined> {
    return this.#deps.robots.findByName(project, name, this.#deps.clock.nowMs());
  }

  find(id: number): Promise<Robot | undefined> {
    return this.#deps.robots.findById(id);
  }

  /** The robot's security version as it stood at most 10 s ago; undefined when it is gone, disabled or over. */
  async versionOf(id: number): Promise<number | undefined> {
    const known = this.#versions.get(String(id)) ?? (await this.#lookUp(id));
    const isOver = known.expiresAtMs !== undefined && known.expiresAtMs <= this.#deps.clock.nowMs();
    return isOver ? undefined : known.version;
  }

  list(filter: RobotFilter, page: RobotPage) {
    return this.#deps.robots.list(filter, page);
  }

  /** The robot and its secret, which nobody can read again. */
  async create(creation: RobotCreation, actor: Actor): Promise<{ readonly robot: Robot; readonly secret: string }> {
    const { secret: wanted, ...rest } = creation;
    requireRobotName(creation.name);
    requireDuration(creation.durationDays);
    if (wanted !== undefined) requireStrongSecret(wanted);
    const secret = wanted ?? newSecret();
    const { name, projectId } = creation;
    const project = projectId === undefined ? undefined : await this.#deps.projects.find(projectId);
    const mutation = await this.#mutation('create', { name, project }, actor);
    const expiresAtMs = expiryOf(mutation.nowMs, creation.durationDays);
    const robot = await this.#deps.robots.insert({ ...rest, expiresAtMs, secretHash: hashSecret(secret) }, mutation);
    return { robot, secret };
  }

  /** A changed duration counts from the robot's creation. */
  async update(robot: Robot, update: RobotUpdate, actor: Actor): Promise<void> {
    requireDuration(update.durationDays);
    const expiresAtMs = expiryOf(robot.createdAtMs, update.durationDays);
    const mutation = await this.#mutation('update', robot, actor);
    await this.#deps.robots.update(robot, { ...update, expiresAtMs }, mutation);
    this.#versions.delete(String(robot.id));
  }

  /** Sets a secret, or makes one, which is answered and nowhere kept. */
  async refreshSecret(robot: Robot, wanted: string | undefined, actor: Actor): Promise<string> {
    if (wanted !== undefined) requireStrongSecret(wanted);
    const secret = wanted ?? newSecret();
    await this.#deps.robots.replaceSecret(robot, hashSecret(secret), await this.#mutation('update', robot, actor));
    this.#versions.delete(String(robot.id));
    return secret;
  }

  async delete(robot: Robot, actor: Actor): Promise<void> {
    await this.#deps.robots.delete(robot, await this.#mutation('delete', robot, actor));
    this.#versions.delete(String(robot.id));
  }

  async #lookUp(id: number) {
    const robot = await this.#deps.robots.findById(id);
    const version = robot?.isDisabled ? undefined : robot?.securityVersion;
    const found = { version, expiresAtMs: robot?.expiresAtMs };
    this.#versions.put(String(id), found);
    return found;
  }

  /** The log has its whole name, as in Harbor. */
  async #mutation(
    operation: 'create' | 'update' | 'delete',
    robot: Pick<Robot, 'name' | 'project'>,
    actor: Actor,
  ): Promise<Mutation> {
    const { robot_name_prefix: prefix } = await this.#deps.configuration.current();
    const resource = fullName(robot, prefix);
    const audit = {
      projectId: robot.project?.id,
      operation,
      resourceType: 'robot',
      resource,
      description: `${operation} robot: ${resource}`,
    };
    return newMutation(audit, actor, this.#deps.clock);
  }
}
