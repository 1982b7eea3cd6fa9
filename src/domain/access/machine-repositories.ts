import { ALL_NAMES, mergeRanges, type NameRange, nameRangeOf } from '#core/name-range';
import type { Permission } from '#core/rbac/resources';
import { type Access, grants, type RobotPermission } from '#core/rbac/robot-permissions';
import type { RepositoryVisibility } from '#domain/repositories/repository-visibility';

type ProjectPermission = Extract<RobotPermission, { kind: 'project' }>;

type MachineVisibility = Pick<RepositoryVisibility, 'projectIds' | 'ranges' | 'everyProjectBut'>;

/** Of somebody who is no machine. */
export const NO_PERMISSIONS: MachineVisibility = { projectIds: [], ranges: [], everyProjectBut: undefined };

/**
 * The names of the repositories on which permissions that are all about one project have this one. Undefined when they have
 * it on none, when one denies it on any, and when their patterns are no ranges of names.
 */
export function rangesOf(
  about: readonly ProjectPermission[],
  permission: Permission,
): readonly NameRange[] | undefined {
  const isDenied = about.some(({ access }) =>
    access.some((entry) => entry.effect === 'deny' && isOf(entry, permission)),
  );
  const holding = about.filter(({ access }) => access.some((entry) => isOf(entry, permission)));
  const ranges = holding.map(({ repositoryPattern: pattern }) =>
    pattern === undefined ? ALL_NAMES : nameRangeOf(pattern),
  );
  const known = ranges.filter((range) => range !== undefined);
  return isDenied || known.length === 0 || known.length < ranges.length ? undefined : mergeRanges(known);
}

/** The repositories that a machine may list, over all projects; of each project those that a listing of it shows. */
export function listableRepositories(permissions: readonly RobotPermission[]): MachineVisibility {
  const entries = permissions.filter((entry) => entry.kind === 'project');
  const projectIds = [...new Set(entries.flatMap(({ projectId }) => projectId ?? []))];
  const named = projectIds.map((projectId) => {
    const about = entries.filter((entry) => entry.projectId === undefined || entry.projectId === projectId);
    return { projectId, ranges: listable(about) };
  });
  const isEverywhere = listable(entries.filter(({ projectId }) => projectId === undefined)) === 'all';
  return {
    projectIds: named.flatMap(({ projectId, ranges }) => (ranges === 'all' ? [projectId] : [])),
    ranges: named.flatMap(({ projectId, ranges }) =>
      ranges === 'all' ? [] : ranges.map((range) => ({ projectId, ...range })),
    ),
    everyProjectBut: isEverywhere ? projectIds : undefined,
  };
}

function listable(about: readonly ProjectPermission[]): 'all' | readonly NameRange[] {
  const whole = about.filter(({ repositoryPattern }) => repositoryPattern === undefined);
  const accesses = whole.flatMap(({ access }) => access);
  if (grants(accesses, 'repository:list')) return 'all';
  return rangesOf(about, 'repository:list') ?? [];
}

function isOf({ resource, action }: Access, permission: Permission): boolean {
  return `${resource}:${action}` === permission;
}
