import { AppError } from '#core/errors';
import type { RobotPermission } from '#core/rbac/robot-permissions';

/** The account of a machine. */
export interface Robot {
  readonly id: number;
  /** Without prefix and project. */
  readonly name: string;
  readonly description: string;
  /** The project of a project robot; undefined for a system robot. */
  readonly project: { readonly id: number; readonly name: string } | undefined;
  readonly secretHash: string;
  /** Days; -1 never ends. */
  readonly durationDays: number;
  /** Undefined never comes. */
  readonly expiresAtMs: number | undefined;
  readonly isDisabled: boolean;
  readonly creator: RobotCreator;
  readonly permissions: readonly NamedPermission[];
  readonly securityVersion: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A permission with the present name of its project. */
export type NamedPermission = RobotPermission & { readonly projectName: string | undefined };

export interface RobotCreator {
  readonly type: 'local' | 'robot';
  readonly id: number;
}

/** The name it logs in with: `robot$name`, or `robot$project+name`. */
export function fullName(robot: Pick<Robot, 'name' | 'project'>, prefix: string): string {
  return `${prefix}${robot.project ? `${robot.project.name}+` : ''}${robot.name}`;
}

/** Project and name of a login name; undefined when it has not the prefix, and so is no robot's. */
export function parseFullName(
  text: string,
  prefix: string,
): { readonly project: string | undefined; readonly name: string } | undefined {
  if (!text.startsWith(prefix)) return undefined;
  const rest = text.slice(prefix.length);
  const plus = rest.indexOf('+');
  return plus < 0 ? { project: undefined, name: rest } : { project: rest.slice(0, plus), name: rest.slice(plus + 1) };
}

const MAX_NAME_LENGTH = 255;
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
/** A hundred years. */
const MAX_DURATION_DAYS = 36_500;

export function requireRobotName(name: string): void {
  if (name.length <= MAX_NAME_LENGTH && NAME.test(name)) return;
  throw new AppError('BAD_REQUEST', {
    message:
      'robot name is not in lower case, or is not 1 to 255 letters and digits separated by single ".", "_" or "-"',
  });
}

/** Days, at least one; -1 never ends. */
export function requireDuration(days: number): void {
  if (days === -1 || (days > 0 && days <= MAX_DURATION_DAYS)) return;
  throw new AppError('BAD_REQUEST', {
    message: `bad request error duration input: ${days}, duration must be either -1(Never) or a positive integer of at most ${MAX_DURATION_DAYS}`,
  });
}

export function expiryOf(createdAtMs: number, durationDays: number): number | undefined {
  return durationDays === -1 ? undefined : createdAtMs + durationDays * 24 * 3_600_000;
}
