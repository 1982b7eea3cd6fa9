import type { OffsetPage } from '#core/pagination';
import type { RobotPermission } from '#core/rbac/robot-permissions';
import type { Mutation } from '#domain/events/mutation';
import type { Robot, RobotCreator } from '#domain/robots/robot';

/** A robot about to be. */
export interface NewRobot {
  readonly name: string;
  readonly description: string;
  readonly projectId: number | undefined;
  readonly secretHash: string;
  readonly durationDays: number;
  readonly expiresAtMs: number | undefined;
  readonly isDisabled: boolean;
  readonly creator: RobotCreator;
  readonly permissions: readonly RobotPermission[];
}

/** What may change of a robot but its secret. */
export type RobotChange = Pick<NewRobot, 'description' | 'durationDays' | 'expiresAtMs' | 'isDisabled' | 'permissions'>;

export interface RobotFilter {
  /** Robots of this project; `system` the system's. */
  readonly of: number | 'system';
  readonly name?: string | undefined;
  readonly nameContains?: string | undefined;
}

export const ROBOT_ORDERS = ['id', 'name', 'creation_time', 'update_time', 'expires_at'] as const;

export interface RobotPage extends OffsetPage {
  readonly orderBy: (typeof ROBOT_ORDERS)[number];
  readonly isDescending: boolean;
}

/** Rows of robots and their permissions. */
export interface RobotStore {
  findById(id: number): Promise<Robot | undefined>;
  /** By the project's name, or none for a system robot. */
  findByName(project: string | undefined, name: string, nowMs: number): Promise<Robot | undefined>;
  list(filter: RobotFilter, page: RobotPage): Promise<{ readonly items: readonly Robot[]; readonly total: number }>;

  /** CONFLICT when the name is taken. */
  insert(robot: NewRobot, mutation: Mutation): Promise<Robot>;
  /** Tokens end. */
  update(robot: Robot, change: RobotChange, mutation: Mutation): Promise<void>;
  /** Tokens end. */
  replaceSecret(robot: Robot, secretHash: string, mutation: Mutation): Promise<void>;
  delete(robot: Robot, mutation: Mutation): Promise<void>;
}
