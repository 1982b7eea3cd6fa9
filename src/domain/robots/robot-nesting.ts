import type { Access, RobotPermission } from '#core/rbac/robot-permissions';

/** What decides about what a robot may do. */
export interface RobotRights {
  /** The project it belongs to; undefined for a system robot. */
  readonly projectId: number | undefined;
  readonly permissions: readonly RobotPermission[];
}

/**
 * Whether `given` permits nothing that `giver` does not: every access it allows, `giver` allows in the same place or a
 * wider one, and what `giver` is denied there, `given` is denied too. Patterns cover one another only when they are
 * equal, or when the wider one is none.
 */
export function isWithin(given: RobotRights, giver: RobotRights): boolean {
  const mine = accessesOf(hasDeniedPush(giver) ? giver.permissions : withImpliedPull(giver));
  const theirs = accessesOf(withImpliedPull(given));
  return theirs.filter(isAllow).every((access) => isCovered(access, mine, theirs));
}

/** One access and where it holds. */
interface PlacedAccess {
  readonly access: Access;
  readonly place: RobotPermission;
}

function isCovered(wanted: PlacedAccess, mine: readonly PlacedAccess[], theirs: readonly PlacedAccess[]): boolean {
  const about = mine.filter((entry) => isSamePermission(entry, wanted));
  const isHeld = about.some((entry) => isAllow(entry) && covers(entry.place, wanted.place));
  const denials = about.filter((entry) => !isAllow(entry) && mayMeet(entry.place, wanted.place));
  return isHeld && denials.every((denial) => isDeniedBy(theirs, denial));
}

function isDeniedBy(accesses: readonly PlacedAccess[], denial: PlacedAccess): boolean {
  return accesses.some(
    (entry) => !isAllow(entry) && isSamePermission(entry, denial) && covers(entry.place, denial.place),
  );
}

function covers(wide: RobotPermission, narrow: RobotPermission): boolean {
  if (wide.kind === 'system' || narrow.kind === 'system') return wide.kind === narrow.kind;
  const isProjectCovered = wide.projectId === undefined || wide.projectId === narrow.projectId;
  const isPatternCovered = wide.repositoryPattern === undefined || wide.repositoryPattern === narrow.repositoryPattern;
  return isProjectCovered && isPatternCovered;
}

/** Whether both may be about the same thing; two patterns always may. */
function mayMeet(a: RobotPermission, b: RobotPermission): boolean {
  if (a.kind === 'system' || b.kind === 'system') return a.kind === b.kind;
  return a.projectId === undefined || b.projectId === undefined || a.projectId === b.projectId;
}

/** A project robot that may push may pull (`PermissionService`); a system robot must be given both. */
function withImpliedPull({ projectId, permissions }: RobotRights): readonly RobotPermission[] {
  if (projectId === undefined) return permissions;
  const pull: Access = { resource: 'repository', action: 'pull', effect: 'allow' };
  return permissions.map((entry) =>
    entry.access.some((access) => isPush(access) && access.effect === 'allow')
      ? { ...entry, access: [...entry.access, pull] }
      : entry,
  );
}

function hasDeniedPush({ permissions }: RobotRights): boolean {
  return permissions.some(({ access }) => access.some((entry) => isPush(entry) && entry.effect === 'deny'));
}

function isPush({ resource, action }: Access): boolean {
  return resource === 'repository' && action === 'push';
}

function accessesOf(permissions: readonly RobotPermission[]): readonly PlacedAccess[] {
  return permissions.flatMap((place) => place.access.map((access) => ({ access, place })));
}

function isAllow({ access }: PlacedAccess): boolean {
  return access.effect === 'allow';
}

function isSamePermission(a: PlacedAccess, b: PlacedAccess): boolean {
  return a.access.resource === b.access.resource && a.access.action === b.access.action;
}
