import { beforeAll, describe, expect, it } from 'vitest';
import type { Action, Resource } from '#core/rbac/resources';
import type { RobotPermission } from '#core/rbac/robot-permissions';
import { createApp } from '#src/app';
import { type Need, OPERATIONS, type Operation, type Place } from '#test/api/operation-fixture';
import { ROLE_PERMISSIONS, type RoleColumn, robotPermissions } from '#test/api/role-fixture';
import { createHarness } from '#test/support/harness';
import { asAdmin, basic, insertProject, insertUser, testEnv } from '#test/support/server';

const harness = createHarness();
const PASSWORD = 'Passw0rd-matrix';
const PROJECTS = { private: 'matrix-private', public: 'matrix-public' } as const;
type Visibility = keyof typeof PROJECTS;

/** Harbor's role numbers. */
const MEMBERS = { projectAdmin: 1, maintainer: 4, developer: 2, guest: 3, limitedGuest: 5 } as const;
const CALLERS = [
  'anonymous',
  'stranger',
  'limitedGuest',
  'guest',
  'developer',
  'maintainer',
  'projectAdmin',
  'administrator',
  'robot with the one permission',
  'robot with all others',
] as const;
type Caller = (typeof CALLERS)[number];

const NO_ROBOT = 0;
const places = {} as Record<Visibility, Omit<Place, 'robotId'>>;
const robots = new Map<string, Readonly<Record<string, string>>>();
let combinations = 0;
let robotCount = 0;

async function createRobot(projectId: number | undefined, permissions: readonly RobotPermission[]) {
  return harness.services.robots.create(
    {
      name: `matrix-${++robotCount}`,
      description: '',
      projectId,
      secret: undefined,
      durationDays: -1,
      isDisabled: false,
      creator: { type: 'local', id: 1 },
      permissions,
    },
    { username: 'admin', sourceAddress: undefined },
  );
}

/** A robot with these permissions and no others; the same one for the same permissions. */
async function robotHeaders(kind: 'system' | 'project', projectId: number, permissions: readonly string[]) {
  const key = `${kind} ${projectId} ${permissions.join()}`;
  const known = robots.get(key);
  if (known) return known;
  const access = permissions.map((permission) => {
    const [resource, action] = permission.split(':') as [Resource, Action];
    return { resource, action, effect: 'allow' as const };
  });
  const about = kind === 'system' ? { kind } : { kind, projectId, repositoryPattern: undefined };
  const { robot, secret } = await createRobot(undefined, [{ ...about, access }]);
  const headers = basic(`robot$${robot.name}`, secret);
  robots.set(key, headers);
  return headers;
}

/** The permission a robot is made for: the operation's own, or, where it needs none or can be given none, any. */
function robotPermission({ need }: Operation): { readonly kind: 'system' | 'project'; readonly permission: string } {
  if (need.kind === 'system' || need.kind === 'user-or-system') return { kind: 'system', permission: need.permission };
  // No robot can be given everything; one that could not be given this has another.
  if ('permission' in need)
    return { kind: 'project', permission: isGrantable(need) ? need.permission : 'artifact:list' };
  return { kind: 'system', permission: 'user:list' };
}

async function headersOf(
  caller: Caller,
  operation: Operation,
  place: Place,
): Promise<Readonly<Record<string, string>>> {
  const { kind, permission } = robotPermission(operation);
  switch (caller) {
    case 'anonymous':
      return {};
    case 'administrator':
      return asAdmin;
    case 'robot with the one permission':
      return robotHeaders(kind, place.projectId, [permission]);
    case 'robot with all others':
      return robotHeaders(
        kind,
        place.projectId,
        robotPermissions(kind).filter((other) => other !== permission),
      );
    default:
      return basic(`matrix-${caller}`, PASSWORD);
  }
}

/** Whether the caller may, by the fixtures alone. */
function isPermitted(caller: Caller, need: Need, visibility: Visibility): boolean {
  const isRobot = caller.startsWith('robot');
  switch (need.kind) {
    case 'nothing':
      return true;
    case 'authenticated':
      return caller !== 'anonymous';
    case 'user':
      return caller !== 'anonymous' && !isRobot;
    case 'administrator':
      return caller === 'administrator';
    case 'any-administrator':
      return caller === 'administrator' || caller === 'projectAdmin';
    case 'user-or-system':
      return caller !== 'anonymous' && caller !== 'robot with all others';
    case 'system':
      return caller === 'administrator' || caller === 'robot with the one permission';
    case 'person-in-project':
      return !isRobot && isPermitted(caller, { ...need, kind: 'project' }, visibility);
    case 'known-in-project':
      return caller !== 'anonymous' && isPermitted(caller, { ...need, kind: 'project' }, visibility);
    case 'project':
    case 'registry':
      return isPermittedInProject(caller, need, visibility);
  }
}

function isPermittedInProject(
  caller: Caller,
  need: Extract<Need, { kind: 'project' | 'registry' }>,
  visibility: Visibility,
): boolean {
  if (caller === 'administrator') return true;
  if (caller === 'robot with the one permission' && isGrantable(need)) return true;
  const isMember = Object.hasOwn(MEMBERS, caller);
  const roles: RoleColumn[] = isMember ? [caller as RoleColumn] : [];
  // A caller without credentials is sent for an anonymous token first.
  if (visibility === 'public' && !(need.kind === 'registry' && caller === 'anonymous')) roles.push('public');
  return roles.some((role) => ROLE_PERMISSIONS.get(role)?.has(need.permission));
}

/** Harbor has no permission for deleting on /v2 but the one of the management API. */
function isGrantable({ permission }: { readonly permission: string }): boolean {
  return robotPermissions('project').includes(permission);
}

/** 403 is for callers the management API knows; `/v2` says 401 to everybody, so that clients may try again. */
function refusalOf(caller: Caller, { need, path }: Operation, place: Place): number {
  if (caller === 'anonymous' || path(place).startsWith('/v2')) return 401;
  return need.kind === 'user' && path(place).endsWith('/users/current') ? 412 : 403;
}

async function ask(key: string, operation: Operation, caller: Caller, place: Place): Promise<Response> {
  const [method = ''] = key.split(' ');
  const headers: Record<string, string> = { ...(await headersOf(caller, operation, place)) };
  const body = operation.body?.(place);
  if (operation.form) {
    return harness.request(method, operation.path(place), { headers, body: new URLSearchParams(operation.form) });
  }
  if (body === undefined) return harness.request(method, operation.path(place), { headers });
  headers['content-type'] = 'application/json';
  return harness.request(method, operation.path(place), { headers, body: JSON.stringify(body) });
}

beforeAll(async () => {
  await insertUser(harness, 'matrix-stranger', PASSWORD);
  const members: Record<number, number> = {};
  for (const [name, role] of Object.entries(MEMBERS)) {
    members[await insertUser(harness, `matrix-${name}`, PASSWORD)] = role;
  }
  for (const [visibility, name] of Object.entries(PROJECTS)) {
    const id = await insertProject(harness, name, { isPublic: visibility === 'public', members });
    places[visibility as Visibility] = { project: name, projectId: id };
    await testEnv.DB.prepare(
      `insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms)
         values (?, 'present', 0, 0, 0)`,
    )
      .bind(id)
      .run();
  }
});

describe('the permission matrix', () => {
  it('has a row for every operation there is', () => {
    const routes = createApp()
      .routes.filter(({ method, handler }) => method !== 'ALL' && handler.length < 2)
      .map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(routes)].filter((route) => !(route in OPERATIONS)).sort()).toEqual([]);
  });

  it('has no row for an operation that is gone', () => {
    const routes = new Set(createApp().routes.map(({ method, path }) => `${method} ${path}`));
    expect(Object.keys(OPERATIONS).filter((key) => !routes.has(key))).toEqual([]);
  });
});

/** Another robot for each request that may change one; making one for all takes as long as they do. */
async function robotFor(key: string, projectId: number): Promise<number> {
  if (!key.includes(':robot_id')) return NO_ROBOT;
  return (await createRobot(projectId, [])).robot.id;
}

describe.each(Object.keys(PROJECTS) as Visibility[])('in a %s project', (visibility) => {
  it.each(Object.entries(OPERATIONS))('%s', async (key, operation) => {
    const statuses: Record<string, number> = {};
    const expected: Record<string, number> = {};
    for (const caller of CALLERS) {
      const place = { ...places[visibility], robotId: await robotFor(key, places[visibility].projectId) };
      statuses[caller] = (await ask(key, operation, caller, place)).status;
      const isAllowed = isPermitted(caller, operation.need, visibility);
      expected[caller] = isAllowed ? operation.granted : refusalOf(caller, operation, place);
      combinations++;
    }
    expect(statuses).toEqual(expected);
  });
});

it('has run every operation for every caller in both kinds of project', ({ task }) => {
  const operations = Object.keys(OPERATIONS).length;
  task.meta.note = `permission matrix: ${combinations} combinations of ${operations} operations`;
  expect(combinations).toBe(operations * CALLERS.length * Object.keys(PROJECTS).length);
});
