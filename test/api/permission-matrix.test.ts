import { beforeAll, describe, expect, it } from 'vitest';
import { createHarness } from '#test/support/harness';
import { asAdmin, basic, insertProject, insertUser, testEnv } from '#test/support/server';

const harness = createHarness();

/** Harbor's role numbers. */
const ROLES = { projectAdmin: 1, maintainer: 4, developer: 2, guest: 3, limitedGuest: 5 } as const;
const CALLERS = [
  'system admin',
  'projectAdmin',
  'maintainer',
  'developer',
  'guest',
  'limitedGuest',
  'stranger',
  'anonymous',
] as const;
type Caller = (typeof CALLERS)[number];

/**
 * Every operation on a project, and who may do it, transcribed from Harbor's table of roles. A letter a caller in the
 * order of CALLERS: `y` may, `n` may not. The repository asked for does not exist, so that who may gets `granted`.
 */
interface Operation {
  readonly method: string;
  readonly path: (project: string) => string;
  readonly body?: unknown;
  readonly granted: number;
  readonly inPrivate: string;
  readonly inPublic: string;
}

const API = '/api/v2.0/projects';
const DIGEST = `sha256:${'0'.repeat(64)}`;
const OPERATIONS: Readonly<Record<string, Operation>> = {
  getProject: { method: 'GET', path: (p) => `${API}/${p}`, granted: 200, inPrivate: 'yyyyyynn', inPublic: 'yyyyyyyy' },
  // The project holds a repository, and so is not deleted even for those who may.
  deleteProject: {
    method: 'DELETE',
    path: (p) => `${API}/${p}`,
    granted: 412,
    inPrivate: 'yynnnnnn',
    inPublic: 'yynnnnnn',
  },
  listProjectMembers: {
    method: 'GET',
    path: (p) => `${API}/${p}/members`,
    granted: 200,
    inPrivate: 'yyyyynnn',
    inPublic: 'yyyyynnn',
  },
  getProjectMember: {
    method: 'GET',
    path: (p) => `${API}/${p}/members/999999`,
    granted: 404,
    inPrivate: 'yyyyynnn',
    inPublic: 'yyyyynnn',
  },
  createProjectMember: {
    method: 'POST',
    path: (p) => `${API}/${p}/members`,
    body: { role_id: 3, member_user: { username: 'absent' } },
    granted: 404,
    inPrivate: 'yynnnnnn',
    inPublic: 'yynnnnnn',
  },
  updateProjectMember: {
    method: 'PUT',
    path: (p) => `${API}/${p}/members/999999`,
    body: { role_id: 3 },
    granted: 404,
    inPrivate: 'yynnnnnn',
    inPublic: 'yynnnnnn',
  },
  deleteProjectMember: {
    method: 'DELETE',
    path: (p) => `${API}/${p}/members/999999`,
    granted: 404,
    inPrivate: 'yynnnnnn',
    inPublic: 'yynnnnnn',
  },
  listRepositories: {
    method: 'GET',
    path: (p) => `${API}/${p}/repositories`,
    granted: 200,
    inPrivate: 'yyyyyynn',
    inPublic: 'yyyyyyyy',
  },
  getRepository: {
    method: 'GET',
    path: (p) => `${API}/${p}/repositories/absent`,
    granted: 404,
    inPrivate: 'yyyyyynn',
    inPublic: 'yyyyyynn',
  },
  deleteRepository: {
    method: 'DELETE',
    path: (p) => `${API}/${p}/repositories/absent`,
    granted: 404,
    inPrivate: 'yyynnnnn',
    inPublic: 'yyynnnnn',
  },
  listArtifacts: {
    method: 'GET',
    path: (p) => `${API}/${p}/repositories/absent/artifacts`,
    granted: 404,
    inPrivate: 'yyyyyynn',
    inPublic: 'yyyyyyyy',
  },
  getArtifact: {
    method: 'GET',
    path: (p) => `${API}/${p}/repositories/absent/artifacts/1`,
    granted: 404,
    inPrivate: 'yyyyyynn',
    inPublic: 'yyyyyyyy',
  },
  deleteArtifact: {
    method: 'DELETE',
    path: (p) => `${API}/${p}/repositories/absent/artifacts/1`,
    granted: 404,
    inPrivate: 'yyynnnnn',
    inPublic: 'yyynnnnn',
  },
  // Without an Authorization header even public projects are refused on /v2; with an anonymous token they are not.
  pull: {
    method: 'GET',
    path: (p) => `/v2/${p}/absent/manifests/1`,
    granted: 404,
    inPrivate: 'yyyyyynn',
    inPublic: 'yyyyyyyn',
  },
  push: {
    method: 'POST',
    path: (p) => `/v2/${p}/absent/blobs/uploads/`,
    granted: 202,
    inPrivate: 'yyyynnnn',
    inPublic: 'yyyynnnn',
  },
  delete: {
    method: 'DELETE',
    path: (p) => `/v2/${p}/absent/manifests/${DIGEST}`,
    granted: 404,
    inPrivate: 'yyynnnnn',
    inPublic: 'yyynnnnn',
  },
};

const PROJECTS = { inPrivate: 'matrix-private', inPublic: 'matrix-public' } as const;

function headersOf(caller: Caller): Record<string, string> {
  if (caller === 'anonymous') return {};
  return caller === 'system admin' ? asAdmin : basic(`matrix-${caller}`, 'Passw0rd-matrix');
}

/** 403 is for callers the management API knows; `/v2` says 401 to everybody, so that clients may try again. */
function refusalOf(caller: Caller, path: string): number {
  return caller === 'anonymous' || path.startsWith('/v2') ? 401 : 403;
}

beforeAll(async () => {
  await insertUser(harness, 'matrix-stranger', 'Passw0rd-matrix');
  const members: Record<number, number> = {};
  for (const [name, role] of Object.entries(ROLES)) {
    members[await insertUser(harness, `matrix-${name}`, 'Passw0rd-matrix')] = role;
  }
  for (const [visibility, name] of Object.entries(PROJECTS)) {
    const id = await insertProject(harness, name, { isPublic: visibility === 'inPublic', members });
    await testEnv.DB.prepare(
      `insert into repositories (project_id, name, published_at_ms, created_at_ms, updated_at_ms)
         values (?, 'present', 0, 0, 0)`,
    )
      .bind(id)
      .run();
  }
}, 30_000);

describe.each(Object.entries(PROJECTS))('%s', (visibility, project) => {
  describe.each(Object.entries(OPERATIONS))('%s', (_, operation) => {
    const letters = operation[visibility as keyof typeof PROJECTS];
    it.each(CALLERS.map((caller, index) => [caller, letters[index] === 'y'] as const))(
      'by %s is permitted: %s',
      async (caller, isPermitted) => {
        const path = operation.path(project);
        const { method, body } = operation;
        const headers = { ...headersOf(caller), ...(body !== undefined && { 'content-type': 'application/json' }) };
        const response = await harness.request(method, path, {
          headers,
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        expect(response.status).toBe(isPermitted ? operation.granted : refusalOf(caller, path));
      },
    );
  });
});
