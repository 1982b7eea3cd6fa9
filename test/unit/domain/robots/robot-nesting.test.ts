import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action, Permission, Resource } from '#core/rbac/resources';
import type { Access, RobotPermission } from '#core/rbac/robot-permissions';
import { PermissionService } from '#domain/access/permission-service';
import type { RobotPrincipal } from '#domain/access/principal';
import type { Project } from '#domain/projects/project';
import type { ProjectFactsService } from '#domain/projects/project-facts-service';
import { isWithin, type RobotRights } from '#domain/robots/robot-nesting';

/** Robots have no roles, so that nothing asks for facts. */
const service = new PermissionService({ facts: {} as ProjectFactsService });

const PROJECTS = [1, 2].map(
  (id): Project => ({
    id,
    name: `project-${id}`,
    ownerId: 1,
    ownerName: 'admin',
    isPublic: false,
    securityVersion: 1,
    hasRepositoryAliases: false,
    createdAtMs: 0,
    updatedAtMs: 0,
  }),
);
const REPOSITORIES = [[], ['app'], ['team/app'], ['other/app/deep']];
const IN_PROJECT = ['repository:pull', 'repository:push', 'project:read', 'robot:create'] as const;
const IN_SYSTEM = ['robot:create', 'catalog:read'] as const;

function principal({ projectId, permissions }: RobotRights): RobotPrincipal {
  const subject = { kind: 'robot', id: 1, securityVersion: 1 } as const;
  return { kind: 'robot', username: 'robot$any', subject, projectId, permissions, expiresAtMs: undefined };
}

/** Everything somebody with these rights may do, of what this test looks at. */
async function deedsOf(rights: RobotRights): Promise<readonly string[]> {
  const robot = principal(rights);
  const deeds: string[] = IN_SYSTEM.filter((permission) => service.hasSystem(robot, permission));
  for (const project of PROJECTS) {
    for (const repository of REPOSITORIES) {
      for (const permission of IN_PROJECT) {
        const isAllowed = await service.hasInProject(robot, project, permission, repository);
        if (isAllowed) deeds.push(`${project.name}/${repository.join()} ${permission}`);
      }
    }
  }
  return deeds;
}

function toAccess(permission: Permission, effect: Access['effect']): Access {
  const [resource, action] = permission.split(':') as [Resource, Action];
  return { resource, action, effect };
}

const effect = fc.constantFrom('allow', 'allow', 'allow', 'deny' as const);
const accessOf = (permissions: readonly Permission[]) =>
  fc.array(
    fc.tuple(fc.constantFrom(...permissions), effect).map(([permission, verdict]) => toAccess(permission, verdict)),
    { minLength: 1, maxLength: 4 },
  );
const projectPermission = (projectIds: readonly (number | undefined)[]) =>
  fc.record({
    kind: fc.constant('project' as const),
    projectId: fc.constantFrom(...projectIds),
    repositoryPattern: fc.constantFrom(undefined, undefined, '**', 'team/**', '*'),
    access: accessOf(IN_PROJECT),
  });
const systemPermission = fc.record({ kind: fc.constant('system' as const), access: accessOf(IN_SYSTEM) });
const anyPermission: fc.Arbitrary<RobotPermission> = fc.oneof(systemPermission, projectPermission([undefined, 1, 2]));
const systemRobot = fc.record({
  projectId: fc.constant(undefined),
  permissions: fc.array(anyPermission, { maxLength: 3 }),
});
const projectRobot = fc.record({
  projectId: fc.constant(1),
  permissions: fc.tuple(projectPermission([1])),
});
const robots: fc.Arbitrary<RobotRights> = fc.oneof(systemRobot, projectRobot);

/** A robot near another one: some of its entries, moved and thinned at random, and now and then something of its own. */
function robotNear(giver: RobotRights): fc.Arbitrary<RobotRights> {
  const entries = fc
    .subarray([...giver.permissions])
    .chain((kept) => fc.tuple(...kept.map((entry) => variantOf(entry))).map((variants): RobotPermission[] => variants));
  const own = fc.array(anyPermission, { maxLength: 1 });
  const near = fc.oneof(
    { weight: 4, arbitrary: entries },
    fc.tuple(entries, own).map(([a, b]) => [...a, ...b]),
  );
  const level = fc.constantFrom(giver.projectId, 1);
  return fc.tuple(level, near).map(([projectId, permissions]) => ({
    projectId,
    permissions: permissions.filter((entry) => projectId === undefined || isOf(entry, projectId)),
  }));
}

function isOf(entry: RobotPermission, projectId: number): boolean {
  return entry.kind === 'project' && entry.projectId === projectId;
}

function variantOf(entry: RobotPermission): fc.Arbitrary<RobotPermission> {
  const access = fc.subarray([...entry.access], { minLength: 1 });
  if (entry.kind === 'system') return access.map((kept) => ({ ...entry, access: kept }));
  const projectId = fc.constantFrom(entry.projectId, 1);
  const pattern = fc.constantFrom(entry.repositoryPattern, entry.repositoryPattern, 'team/**', undefined);
  return fc
    .tuple(access, projectId, pattern)
    .map(([kept, id, glob]) => ({ ...entry, access: kept, projectId: id, repositoryPattern: glob }));
}

const pairs = robots.chain((giver) => fc.tuple(fc.constant(giver), robotNear(giver)));

describe('a robot within the rights of another', () => {
  it('may do nothing that the other may not', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(pairs, async ([giver, given]) => {
        if (!isWithin(given, giver)) return;
        const deeds = await deedsOf(given);
        if (deeds.length > 0) accepted++;
        expect(await deedsOf(giver)).toEqual(expect.arrayContaining([...deeds]));
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('may be its equal, unless a project robot is denied pushing', () => {
    const equals = robots.filter(
      ({ projectId, permissions }) =>
        projectId === undefined ||
        !permissions.some(({ access }) => access.some((entry) => entry.action === 'push' && entry.effect === 'deny')),
    );
    fc.assert(fc.property(equals, (rights) => isWithin(rights, rights)));
  });

  it('may have less, where nothing is denied', () => {
    const allowing = robots.filter(({ permissions }) =>
      permissions.every(({ access }) => access.every((entry) => entry.effect === 'allow')),
    );
    const thinned = allowing.chain((rights) => fc.tuple(fc.constant(rights), fc.subarray([...rights.permissions])));
    fc.assert(
      fc.property(thinned, ([rights, permissions]) => isWithin({ projectId: rights.projectId, permissions }, rights)),
    );
  });
});

describe('one case each', () => {
  const entry = (access: readonly Access[], projectId?: number, repositoryPattern?: string): RobotPermission => ({
    kind: 'project',
    projectId,
    repositoryPattern,
    access,
  });
  const push = toAccess('repository:push', 'allow');
  const pull = toAccess('repository:pull', 'allow');
  const noPush = toAccess('repository:push', 'deny');
  const ofSystem = (...permissions: RobotPermission[]): RobotRights => ({ projectId: undefined, permissions });
  const ofProject = (permission: RobotPermission): RobotRights => ({ projectId: 1, permissions: [permission] });

  it.each([
    ['a project of all', ofSystem(entry([pull], 1)), ofSystem(entry([pull])), true],
    ['all for one project', ofSystem(entry([pull])), ofSystem(entry([pull], 1)), false],
    ['another project', ofSystem(entry([pull], 2)), ofSystem(entry([pull], 1)), false],
    ['a pattern of a whole project', ofSystem(entry([pull], 1, 'a/**')), ofSystem(entry([pull], 1)), true],
    ['a whole project for a pattern', ofSystem(entry([pull], 1)), ofSystem(entry([pull], 1, 'a/**')), false],
    ['another pattern', ofSystem(entry([pull], 1, '**')), ofSystem(entry([pull], 1, 'a/**')), false],
    ['the same pattern', ofSystem(entry([pull], 1, 'a/**')), ofSystem(entry([pull], 1, 'a/**')), true],
    ['what is denied', ofSystem(entry([push], 1)), ofSystem(entry([push]), entry([noPush], 1)), false],
    [
      'what is denied, denied again',
      ofSystem(entry([push]), entry([noPush], 1)),
      ofSystem(entry([push]), entry([noPush], 1)),
      true,
    ],
    [
      'the pull that pushing implies in a project robot',
      ofProject(entry([push], 1)),
      ofSystem(entry([push], 1)),
      false,
    ],
    [
      'a pull that a denied push does not imply',
      ofProject(entry([pull], 1)),
      ofProject(entry([push, noPush], 1)),
      false,
    ],
    ['the pull that is implied already', ofProject(entry([pull], 1)), ofProject(entry([push], 1)), true],
  ])('%s', (_, given, giver, isExpected) => {
    expect(isWithin(given, giver)).toBe(isExpected);
  });
});
