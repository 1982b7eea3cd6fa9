/** What an operation asks of its caller, as Harbor's handlers do. */
export type Need =
  /** Nothing: answers everybody the same. */
  | { readonly kind: 'nothing' }
  /** To be somebody, be it a machine. */
  | { readonly kind: 'authenticated' }
  /** To be a person with an account. */
  | { readonly kind: 'user' }
  /** To be a person who is an administrator; no robot can be given it. */
  | { readonly kind: 'administrator' }
  /** To be a person who is an administrator of the system or of some project. */
  | { readonly kind: 'any-administrator' }
  | { readonly kind: 'system'; readonly permission: string }
  /** Any person, and machines that have the permission. */
  | { readonly kind: 'user-or-system'; readonly permission: string }
  /** In the project of the path. */
  | { readonly kind: 'project'; readonly permission: string }
  /** As `project`, but no machine may, whatever it was given. */
  | { readonly kind: 'person-in-project'; readonly permission: string }
  /** As `project`, and to be somebody, though the project be public. */
  | { readonly kind: 'known-in-project'; readonly permission: string }
  /** As `project`, on `/v2`: refusals are 401, and a stranger without credentials gets one even in a public project. */
  | { readonly kind: 'registry'; readonly permission: string };

/** Ids and names that a request is made of. */
export interface Place {
  readonly project: string;
  readonly projectId: number;
  /** A robot of the project, made anew for each request. */
  readonly robotId: number;
}

export interface Operation {
  readonly need: Need;
  readonly path: (place: Place) => string;
  readonly body?: (place: Place) => unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** The status for who may: of a request that changes nothing, as what it names does not exist or is not valid. */
  readonly granted: number;
}

const nothing: Need = { kind: 'nothing' };
const authenticated: Need = { kind: 'authenticated' };
const user: Need = { kind: 'user' };
const administrator: Need = { kind: 'administrator' };
const system = (permission: string): Need => ({ kind: 'system', permission });
const inProject = (permission: string): Need => ({ kind: 'project', permission });
const personInProject = (permission: string): Need => ({ kind: 'person-in-project', permission });
const knownInProject = (permission: string): Need => ({ kind: 'known-in-project', permission });
const registry = (permission: string): Need => ({ kind: 'registry', permission });

const API = '/api/v2.0';
const projectPath = ({ project }: Place) => `${API}/projects/${project}`;
const absentRepository = (place: Place) => `${projectPath(place)}/repositories/absent`;
const immutableRules = (place: Place) => `${projectPath(place)}/immutabletagrules`;
const trustRules = (place: Place) => `${projectPath(place)}/trust-rules`;
const webhook = (place: Place) => `${projectPath(place)}/webhook`;
const ANY_RULE = {
  name: 'NO',
  issuer: '',
  audience: '',
  conditions: [],
  permissions: [],
};
const ANY_SCANNER = { name: '', url: 'http://scanner.test' };
const DIGEST = `sha256:${'0'.repeat(64)}`;
const v2 =
  (rest: string) =>
  ({ project }: Place) =>
    `/v2/${project}/absent/${rest}`;
/** No row has it. */
const ABSENT = 987_654;

const ABSENT_RETENTION = `${API}/retentions/${ABSENT}`;
/** No policy: its algorithm is none. */
const anyRetention = (projectId: number) => ({
  algorithm: 'and',
  rules: [],
  trigger: { kind: 'Schedule', settings: { cron: '' } },
  scope: { level: 'project', ref: projectId },
});

/** The operations on runs of a policy that is not there. */
function executions(pattern: string, path: string): Readonly<Record<string, Operation>> {
  return {
    [`POST ${pattern}`]: { need: administrator, path: () => path, body: () => ({ dry_run: true }), granted: 404 },
    [`GET ${pattern}`]: { need: administrator, path: () => path, granted: 404 },
    [`PATCH ${pattern}/:eid`]: {
      need: administrator,
      path: () => `${path}/${ABSENT}`,
      body: () => ({ action: 'stop' }),
      granted: 404,
    },
    [`GET ${pattern}/:eid/tasks`]: { need: administrator, path: () => `${path}/${ABSENT}/tasks`, granted: 404 },
    [`GET ${pattern}/:eid/tasks/:tid`]: { need: administrator, path: () => `${path}/${ABSENT}/tasks/1`, granted: 404 },
  };
}

/** Every operation there is, by the method and the pattern of its route. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET /api/v2.0/registries': { need: system('registry:list'), path: () => `${API}/registries`, granted: 200 },
  'POST /api/v2.0/registries': {
    need: system('registry:create'),
    path: () => `${API}/registries`,
    body: () => ({}),
    granted: 400,
  },
  'POST /api/v2.0/registries/ping': {
    need: system('registry:read'),
    path: () => `${API}/registries/ping`,
    body: () => ({}),
    granted: 400,
  },
  'GET /api/v2.0/registries/:id': {
    need: system('registry:read'),
    path: () => `${API}/registries/${ABSENT}`,
    granted: 404,
  },
  'GET /api/v2.0/registries/:id/info': {
    need: system('registry:read'),
    path: () => `${API}/registries/${ABSENT}/info`,
    granted: 404,
  },
  'PUT /api/v2.0/registries/:id': {
    need: system('registry:update'),
    path: () => `${API}/registries/${ABSENT}`,
    body: () => ({}),
    granted: 404,
  },
  'DELETE /api/v2.0/registries/:id': {
    need: system('registry:delete'),
    path: () => `${API}/registries/${ABSENT}`,
    granted: 404,
  },
  'GET /api/v2.0/replication/adapters': {
    need: system('replication-adapter:list'),
    path: () => `${API}/replication/adapters`,
    granted: 200,
  },
  'GET /api/v2.0/replication/adapterinfos': {
    need: system('replication-adapter:list'),
    path: () => `${API}/replication/adapterinfos`,
    granted: 200,
  },
  'GET /api/v2.0/scanners': { need: system('scanner:list'), path: () => `${API}/scanners`, granted: 200 },
  'POST /api/v2.0/scanners': {
    need: system('scanner:create'),
    path: () => `${API}/scanners`,
    body: () => ANY_SCANNER,
    granted: 400,
  },
  'POST /api/v2.0/scanners/ping': {
    need: system('scanner:read'),
    path: () => `${API}/scanners/ping`,
    body: () => ANY_SCANNER,
    granted: 400,
  },
  'GET /api/v2.0/scanners/:registration_id': {
    need: system('scanner:read'),
    path: () => `${API}/scanners/${ABSENT}`,
    granted: 404,
  },
  'PUT /api/v2.0/scanners/:registration_id': {
    need: system('scanner:update'),
    path: () => `${API}/scanners/${ABSENT}`,
    body: () => ANY_SCANNER,
    granted: 404,
  },
  'DELETE /api/v2.0/scanners/:registration_id': {
    need: system('scanner:delete'),
    path: () => `${API}/scanners/${ABSENT}`,
    granted: 404,
  },
  'PATCH /api/v2.0/scanners/:registration_id': {
    need: system('scanner:update'),
    path: () => `${API}/scanners/${ABSENT}`,
    body: () => ({ is_default: true }),
    granted: 404,
  },
  'GET /api/v2.0/scanners/:registration_id/metadata': {
    need: system('scanner:read'),
    path: () => `${API}/scanners/${ABSENT}/metadata`,
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name_or_id/scanner': {
    need: knownInProject('scanner:read'),
    path: (place) => `${projectPath(place)}/scanner`,
    granted: 200,
  },
  'PUT /api/v2.0/projects/:project_name_or_id/scanner': {
    need: inProject('scanner:create'),
    path: (place) => `${projectPath(place)}/scanner`,
    body: () => ({ uuid: 'absent' }),
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name_or_id/scanner/candidates': {
    need: inProject('scanner:create'),
    path: (place) => `${projectPath(place)}/scanner/candidates`,
    granted: 200,
  },
  'GET /api/v2.0/systeminfo/volumes': {
    need: system('system-volumes:read'),
    path: () => `${API}/systeminfo/volumes`,
    granted: 200,
  },
  'GET /api/v2.0/systeminfo/getcert': { need: nothing, path: () => `${API}/systeminfo/getcert`, granted: 404 },
  'GET /api/v2.0/schedules/:job_type/paused': {
    need: authenticated,
    path: () => `${API}/schedules/all/paused`,
    granted: 200,
  },
  'GET /api/v2.0/jobservice/pools': {
    need: system('jobservice-monitor:list'),
    path: () => `${API}/jobservice/pools`,
    granted: 200,
  },
  'GET /api/v2.0/jobservice/pools/:pool_id/workers': {
    need: system('jobservice-monitor:list'),
    path: () => `${API}/jobservice/pools/all/workers`,
    granted: 200,
  },
  'PUT /api/v2.0/jobservice/jobs/:job_id': {
    need: system('jobservice-monitor:stop'),
    path: () => `${API}/jobservice/jobs/${ABSENT}`,
    granted: 200,
  },
  'GET /api/v2.0/jobservice/jobs/:job_id/log': {
    need: system('jobservice-monitor:list'),
    path: () => `${API}/jobservice/jobs/${ABSENT}/log`,
    granted: 404,
  },
  'GET /api/v2.0/jobservice/queues': {
    need: system('jobservice-monitor:list'),
    path: () => `${API}/jobservice/queues`,
    granted: 200,
  },
  'PUT /api/v2.0/jobservice/queues/:job_type': {
    need: system('jobservice-monitor:stop'),
    path: () => `${API}/jobservice/queues/all`,
    body: () => ({}),
    granted: 400,
  },
  'GET /api/v2.0/schedules': {
    need: system('jobservice-monitor:list'),
    path: () => `${API}/schedules`,
    granted: 200,
  },

  'GET /api/v2.0/audit-logs': { need: authenticated, path: () => `${API}/audit-logs`, granted: 200 },
  'GET /api/v2.0/auditlog-exts': { need: authenticated, path: () => `${API}/auditlog-exts`, granted: 200 },
  'GET /api/v2.0/auditlog-exts/events': {
    need: system('audit-log:list'),
    path: () => `${API}/auditlog-exts/events`,
    granted: 200,
  },
  'GET /api/v2.0/projects/:project_name/logs': {
    need: inProject('log:list'),
    path: (place) => `${projectPath(place)}/logs`,
    granted: 200,
  },
  'GET /api/v2.0/projects/:project_name/auditlog-exts': {
    need: inProject('log:list'),
    path: (place) => `${projectPath(place)}/auditlog-exts`,
    granted: 200,
  },

  'GET /': { need: nothing, path: () => '/', granted: 200 },
  'GET /account/sign-in': { need: nothing, path: () => '/account/sign-in', granted: 200 },
  'GET /devcenter-api-2.0': { need: nothing, path: () => '/devcenter-api-2.0', granted: 200 },
  ...Object.fromEntries(
    ['devcenter.js', 'devcenter.css', 'swagger-ui-bundle.js', 'swagger-ui.css'].map((file) => {
      const path = `/devcenter-api-2.0/${file}`;
      return [`GET ${path}`, { need: nothing, path: () => path, granted: 200 }];
    }),
  ),
  'GET /api/version': { need: nothing, path: () => '/api/version', granted: 200 },
  'GET /api/v2.0/openapi.json': { need: nothing, path: () => `${API}/openapi.json`, granted: 200 },
  'GET /api/v2.0/ping': { need: nothing, path: () => `${API}/ping`, granted: 200 },
  'GET /api/v2.0/health': { need: nothing, path: () => `${API}/health`, granted: 200 },
  'GET /api/v2.0/systeminfo': { need: nothing, path: () => `${API}/systeminfo`, granted: 200 },

  'GET /service/token': {
    need: nothing,
    path: ({ project }) => `/service/token?service=harbor-registry&scope=repository:${project}/absent:pull`,
    granted: 200,
  },
  // Who sends no token of a workload is told so, in OAuth's form.
  'POST /service/token-exchange': { need: nothing, path: () => '/service/token-exchange', form: {}, granted: 400 },
  // Without the token of a page every form is refused, whoever sends it (test/integration/routes/sessions.test.ts).
  'POST /c/login': { need: nothing, path: () => '/c/login', form: {}, granted: 403 },
  'POST /c/userExists': { need: nothing, path: () => '/c/userExists', form: {}, granted: 403 },
  // While another auth_mode is on.
  'GET /c/authproxy/redirect': { need: nothing, path: () => '/c/authproxy/redirect?token=x', granted: 412 },
  'GET /c/log_out': { need: nothing, path: () => '/c/log_out', granted: 200 },

  // Who logs in at a provider is asked in the mode for it alone (test/integration/routes/oidc.test.ts).
  'GET /c/oidc/login': { need: nothing, path: () => '/c/oidc/login', granted: 412 },
  'GET /c/oidc/callback': { need: nothing, path: () => '/c/oidc/callback', granted: 412 },
  'POST /c/oidc/onboard': { need: nothing, path: () => '/c/oidc/onboard', form: {}, granted: 403 },
  'GET /c/oidc/logout': { need: nothing, path: () => '/c/oidc/logout', granted: 412 },
  'GET /oidc-onboard': { need: nothing, path: () => '/oidc-onboard', granted: 412 },
  'POST /oidc-onboard': { need: nothing, path: () => '/oidc-onboard', form: {}, granted: 412 },
  'POST /api/v2.0/system/oidc/ping': {
    need: system('configuration:update'),
    path: () => `${API}/system/oidc/ping`,
    body: () => ({ url: 'not an address', verify_cert: true }),
    granted: 400,
  },
  'PUT /api/v2.0/users/:user_id/cli_secret': {
    need: system('user:update'),
    path: () => `${API}/users/${ABSENT}/cli_secret`,
    body: () => ({ secret: 'Chosen-Secret-1' }),
    granted: 412,
  },

  'GET /api/v2.0/internalconfig': { need: nothing, path: () => `${API}/internalconfig`, granted: 401 },
  'GET /api/v2.0/configurations': {
    need: administrator,
    path: () => `${API}/configurations`,
    granted: 200,
  },
  'PUT /api/v2.0/configurations': {
    need: administrator,
    path: () => `${API}/configurations`,
    body: () => ({ token_expiration: 'x' }),
    granted: 400,
  },

  'GET /api/v2.0/users': { need: system('user:list'), path: () => `${API}/users`, granted: 200 },
  'POST /api/v2.0/users': {
    need: system('user:create'),
    path: () => `${API}/users`,
    body: () => ({ username: '' }),
    granted: 400,
  },
  'GET /api/v2.0/users/current': { need: user, path: () => `${API}/users/current`, granted: 200 },
  'GET /api/v2.0/users/current/permissions': {
    need: authenticated,
    path: () => `${API}/users/current/permissions`,
    granted: 200,
  },
  'GET /api/v2.0/users/search': { need: authenticated, path: () => `${API}/users/search?username=x`, granted: 200 },
  'GET /api/v2.0/users/:user_id': { need: system('user:read'), path: () => `${API}/users/${ABSENT}`, granted: 404 },
  'PUT /api/v2.0/users/:user_id': {
    need: system('user:update'),
    path: () => `${API}/users/${ABSENT}`,
    body: () => ({}),
    granted: 404,
  },
  'PUT /api/v2.0/users/:user_id/password': {
    need: system('user:update'),
    path: () => `${API}/users/${ABSENT}/password`,
    body: () => ({}),
    granted: 404,
  },
  // Harbor lets robots with user:update do it, who could then make an administrator of anybody.
  'PUT /api/v2.0/users/:user_id/sysadmin': {
    need: administrator,
    path: () => `${API}/users/${ABSENT}/sysadmin`,
    body: () => ({ sysadmin_flag: true }),
    granted: 404,
  },
  'DELETE /api/v2.0/users/:user_id': {
    need: system('user:delete'),
    path: () => `${API}/users/${ABSENT}`,
    granted: 404,
  },

  // Nothing is set, so no directory is asked.
  'POST /api/v2.0/ldap/ping': { need: administrator, path: () => `${API}/ldap/ping`, body: () => ({}), granted: 200 },
  'GET /api/v2.0/ldap/users/search': {
    need: system('ldap-user:list'),
    path: () => `${API}/ldap/users/search`,
    granted: 400,
  },
  'POST /api/v2.0/ldap/users/import': {
    need: system('ldap-user:create'),
    path: () => `${API}/ldap/users/import`,
    body: () => ({ ldap_uid_list: [] }),
    granted: 400,
  },
  'GET /api/v2.0/ldap/groups/search': {
    need: system('ldap-user:list'),
    path: () => `${API}/ldap/groups/search`,
    granted: 404,
  },

  'GET /api/v2.0/projects': { need: nothing, path: () => `${API}/projects`, granted: 200 },
  'POST /api/v2.0/projects': {
    need: { kind: 'user-or-system', permission: 'project:create' },
    path: () => `${API}/projects`,
    body: () => ({ project_name: 'NO' }),
    granted: 400,
  },
  'GET /api/v2.0/projects/:project_name_or_id': { need: inProject('project:read'), path: projectPath, granted: 200 },
  'PUT /api/v2.0/projects/:project_name_or_id': {
    need: inProject('project:update'),
    path: projectPath,
    body: () => ({ metadata: { severity: 'terrible' } }),
    granted: 400,
  },
  // The project holds a repository, and so is not deleted even for those who may.
  'DELETE /api/v2.0/projects/:project_name_or_id': {
    need: inProject('project:delete'),
    path: projectPath,
    granted: 412,
  },
  'GET /api/v2.0/projects/:project_name_or_id/_deletable': {
    need: inProject('project:delete'),
    path: (place) => `${projectPath(place)}/_deletable`,
    granted: 200,
  },
  'GET /api/v2.0/projects/:project_name_or_id/summary': {
    need: inProject('project:read'),
    path: (place) => `${projectPath(place)}/summary`,
    granted: 200,
  },

  // Harbor gives no role of a project metadata:list, so that administrators of the system and robots alone list them.
  'GET /api/v2.0/projects/:project_name_or_id/metadatas': {
    need: inProject('metadata:list'),
    path: (place) => `${projectPath(place)}/metadatas/`,
    granted: 200,
  },
  'POST /api/v2.0/projects/:project_name_or_id/metadatas': {
    need: inProject('metadata:create'),
    path: (place) => `${projectPath(place)}/metadatas/`,
    body: () => ({}),
    granted: 400,
  },
  'GET /api/v2.0/projects/:project_name_or_id/metadatas/:meta_name': {
    need: inProject('metadata:read'),
    path: (place) => `${projectPath(place)}/metadatas/public`,
    granted: 200,
  },
  'PUT /api/v2.0/projects/:project_name_or_id/metadatas/:meta_name': {
    need: inProject('metadata:update'),
    path: (place) => `${projectPath(place)}/metadatas/public`,
    body: () => ({}),
    granted: 400,
  },
  'DELETE /api/v2.0/projects/:project_name_or_id/metadatas/:meta_name': {
    need: inProject('metadata:delete'),
    path: (place) => `${projectPath(place)}/metadatas/absent`,
    granted: 404,
  },

  'GET /api/v2.0/system/CVEAllowlist': {
    need: authenticated,
    path: () => `${API}/system/CVEAllowlist`,
    granted: 200,
  },
  'PUT /api/v2.0/system/CVEAllowlist': {
    need: system('configuration:update'),
    path: () => `${API}/system/CVEAllowlist`,
    body: () => ({ items: [{ cve_id: '' }] }),
    granted: 400,
  },

  'GET /api/v2.0/projects/:project_name_or_id/members': {
    need: inProject('member:list'),
    path: (place) => `${projectPath(place)}/members`,
    granted: 200,
  },
  'POST /api/v2.0/projects/:project_name_or_id/members': {
    need: inProject('member:create'),
    path: (place) => `${projectPath(place)}/members`,
    body: () => ({ role_id: 3, member_user: { username: 'absent' } }),
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name_or_id/members/:mid': {
    need: inProject('member:read'),
    path: (place) => `${projectPath(place)}/members/${ABSENT}`,
    granted: 404,
  },
  'PUT /api/v2.0/projects/:project_name_or_id/members/:mid': {
    need: inProject('member:update'),
    path: (place) => `${projectPath(place)}/members/${ABSENT}`,
    body: () => ({ role_id: 3 }),
    granted: 404,
  },
  'DELETE /api/v2.0/projects/:project_name_or_id/members/:mid': {
    need: inProject('member:delete'),
    path: (place) => `${projectPath(place)}/members/${ABSENT}`,
    granted: 404,
  },

  'GET /api/v2.0/usergroups': { need: system('user-group:list'), path: () => `${API}/usergroups`, granted: 200 },
  'POST /api/v2.0/usergroups': {
    need: system('user-group:create'),
    path: () => `${API}/usergroups`,
    body: () => ({ group_name: 'x', group_type: 9 }),
    granted: 400,
  },
  'GET /api/v2.0/usergroups/search': {
    need: authenticated,
    path: () => `${API}/usergroups/search?groupname=x`,
    granted: 200,
  },
  'GET /api/v2.0/usergroups/:group_id': {
    need: system('user-group:read'),
    path: () => `${API}/usergroups/${ABSENT}`,
    granted: 404,
  },
  'PUT /api/v2.0/usergroups/:group_id': {
    need: system('user-group:update'),
    path: () => `${API}/usergroups/${ABSENT}`,
    body: () => ({ group_name: 'x' }),
    granted: 404,
  },
  'DELETE /api/v2.0/usergroups/:group_id': {
    need: system('user-group:delete'),
    path: () => `${API}/usergroups/${ABSENT}`,
    granted: 404,
  },

  'GET /api/v2.0/robots': { need: system('robot:list'), path: () => `${API}/robots`, granted: 200 },
  'POST /api/v2.0/robots': {
    need: inProject('robot:create'),
    path: () => `${API}/robots`,
    body: ({ project }) => ({
      name: 'NO',
      level: 'project',
      duration: -1,
      permissions: [{ kind: 'project', namespace: project, access: [{ resource: 'robot', action: 'create' }] }],
    }),
    granted: 400,
  },
  'GET /api/v2.0/robots/:robot_id': {
    need: inProject('robot:read'),
    path: ({ robotId }) => `${API}/robots/${robotId}`,
    granted: 200,
  },
  // Nobody but people may change robots: no robot can be given robot:update.
  'PUT /api/v2.0/robots/:robot_id': {
    need: inProject('robot:update'),
    path: ({ robotId }) => `${API}/robots/${robotId}`,
    body: () => ({ name: 'another-name' }),
    granted: 400,
  },
  'PATCH /api/v2.0/robots/:robot_id': {
    need: inProject('robot:update'),
    path: ({ robotId }) => `${API}/robots/${robotId}`,
    body: () => ({ secret: 'weak' }),
    granted: 400,
  },
  'DELETE /api/v2.0/robots/:robot_id': {
    need: inProject('robot:delete'),
    path: ({ robotId }) => `${API}/robots/${robotId}`,
    granted: 200,
  },
  'GET /api/v2.0/permissions': {
    need: { kind: 'any-administrator' },
    path: () => `${API}/permissions`,
    granted: 200,
  },

  // Of projects that the caller may see: everybody gets a list.
  'GET /api/v2.0/search': { need: nothing, path: ({ project }) => `${API}/search?q=${project}`, granted: 200 },
  'GET /api/v2.0/repositories': { need: nothing, path: () => `${API}/repositories`, granted: 200 },
  'GET /api/v2.0/statistics': { need: authenticated, path: () => `${API}/statistics`, granted: 200 },
  'GET /api/v2.0/projects/:project_name/repositories': {
    need: inProject('repository:list'),
    path: (place) => `${projectPath(place)}/repositories`,
    granted: 200,
  },
  'GET /api/v2.0/projects/:project_name/repositories/:repository_name': {
    need: inProject('repository:read'),
    path: absentRepository,
    granted: 404,
  },
  'PUT /api/v2.0/projects/:project_name/repositories/:repository_name': {
    need: inProject('repository:update'),
    path: absentRepository,
    body: () => ({ description: 'x' }),
    granted: 404,
  },
  'DELETE /api/v2.0/projects/:project_name/repositories/:repository_name': {
    need: inProject('repository:delete'),
    path: absentRepository,
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts': {
    need: inProject('artifact:list'),
    path: (place) => `${absentRepository(place)}/artifacts`,
    granted: 404,
  },
  // To read the source besides is asked of those who come so far (test/integration/routes/artifact-copies.test.ts).
  'POST /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts': {
    need: inProject('artifact:create'),
    path: (place) => `${absentRepository(place)}/artifacts?from=nothing`,
    granted: 400,
  },
  'GET /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference': {
    need: inProject('artifact:read'),
    path: (place) => `${absentRepository(place)}/artifacts/1`,
    granted: 404,
  },
  'DELETE /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference': {
    need: inProject('artifact:delete'),
    path: (place) => `${absentRepository(place)}/artifacts/1`,
    granted: 404,
  },

  'POST /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/tags': {
    need: inProject('tag:create'),
    path: (place) => `${absentRepository(place)}/artifacts/1/tags`,
    body: () => ({ name: '2' }),
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/tags': {
    need: inProject('tag:list'),
    path: (place) => `${absentRepository(place)}/artifacts/1/tags`,
    granted: 404,
  },
  'DELETE /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/tags/:tag_name': {
    need: inProject('tag:delete'),
    path: (place) => `${absentRepository(place)}/artifacts/1/tags/1`,
    granted: 404,
  },

  'GET /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/accessories': {
    need: inProject('accessory:list'),
    path: (place) => `${absentRepository(place)}/artifacts/1/accessories`,
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/additions/vulnerabilities': {
    need: inProject('artifact-addition:read'),
    path: (place) => `${absentRepository(place)}/artifacts/1/additions/vulnerabilities`,
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/additions/:addition': {
    need: inProject('artifact-addition:read'),
    path: (place) => `${absentRepository(place)}/artifacts/1/additions/readme.md`,
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name_or_id/artifacts': {
    need: knownInProject('artifact:list'),
    path: (place) => `${projectPath(place)}/artifacts`,
    granted: 200,
  },
  'GET /api/v2.0/icons/:digest': { need: nothing, path: () => `${API}/icons/${DIGEST}`, granted: 404 },
  'POST /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/labels': {
    need: inProject('artifact-label:create'),
    path: (place) => `${absentRepository(place)}/artifacts/1/labels`,
    body: () => ({ id: ABSENT }),
    granted: 404,
  },
  'DELETE /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/labels/:label_id': {
    need: inProject('artifact-label:delete'),
    path: (place) => `${absentRepository(place)}/artifacts/1/labels/${ABSENT}`,
    granted: 404,
  },

  // Of a project; anybody may list those of the registry (test/integration/routes/labels.test.ts).
  'GET /api/v2.0/labels': {
    need: inProject('label:list'),
    path: ({ projectId }) => `${API}/labels?scope=p&project_id=${projectId}`,
    granted: 200,
  },
  'POST /api/v2.0/labels': {
    need: inProject('label:create'),
    path: () => `${API}/labels`,
    body: ({ projectId }) => ({ scope: 'p', project_id: projectId, name: '' }),
    granted: 400,
  },
  // A label that is not there is one of the registry to those who may not see all.
  'GET /api/v2.0/labels/:label_id': {
    need: system('label:read'),
    path: () => `${API}/labels/${ABSENT}`,
    granted: 404,
  },
  'PUT /api/v2.0/labels/:label_id': {
    need: system('label:update'),
    path: () => `${API}/labels/${ABSENT}`,
    body: () => ({ name: 'x' }),
    granted: 404,
  },
  'DELETE /api/v2.0/labels/:label_id': {
    need: system('label:delete'),
    path: () => `${API}/labels/${ABSENT}`,
    granted: 404,
  },

  // Who may delete may undo.
  'GET /api/v2.0/projects/:project_name/repositories/:repository_name/trash': {
    need: inProject('artifact:delete'),
    path: (place) => `${absentRepository(place)}/trash`,
    granted: 404,
  },
  'POST /api/v2.0/projects/:project_name/repositories/:repository_name/trash/artifacts/:digest/restore': {
    need: inProject('artifact:delete'),
    path: (place) => `${absentRepository(place)}/trash/artifacts/${DIGEST}/restore`,
    granted: 404,
  },
  'POST /api/v2.0/projects/:project_name/repositories/:repository_name/trash/tags/:tag/restore': {
    need: inProject('tag:delete'),
    path: (place) => `${absentRepository(place)}/trash/tags/1/restore`,
    granted: 404,
  },

  'GET /api/v2.0/system/purgeaudit': {
    need: system('purge-audit:list'),
    path: () => `${API}/system/purgeaudit`,
    granted: 200,
  },
  'GET /api/v2.0/system/purgeaudit/schedule': {
    need: system('purge-audit:read'),
    path: () => `${API}/system/purgeaudit/schedule`,
    granted: 200,
  },
  'POST /api/v2.0/system/purgeaudit/schedule': {
    need: system('purge-audit:create'),
    path: () => `${API}/system/purgeaudit/schedule`,
    body: () => ({}),
    granted: 400,
  },
  'PUT /api/v2.0/system/purgeaudit/schedule': {
    need: system('purge-audit:update'),
    path: () => `${API}/system/purgeaudit/schedule`,
    body: () => ({}),
    granted: 400,
  },
  'GET /api/v2.0/system/purgeaudit/:purge_id': {
    need: system('purge-audit:read'),
    path: () => `${API}/system/purgeaudit/${ABSENT}`,
    granted: 404,
  },
  'PUT /api/v2.0/system/purgeaudit/:purge_id': {
    need: system('purge-audit:stop'),
    path: () => `${API}/system/purgeaudit/${ABSENT}`,
    granted: 404,
  },
  'GET /api/v2.0/system/purgeaudit/:purge_id/log': {
    need: system('purge-audit:read'),
    path: () => `${API}/system/purgeaudit/${ABSENT}/log`,
    granted: 404,
  },
  'GET /api/v2.0/quotas': { need: system('quota:list'), path: () => `${API}/quotas`, granted: 200 },
  'GET /api/v2.0/quotas/:id': { need: system('quota:read'), path: () => `${API}/quotas/${ABSENT}`, granted: 404 },
  'PUT /api/v2.0/quotas/:id': {
    need: system('quota:update'),
    path: () => `${API}/quotas/${ABSENT}`,
    body: () => ({ hard: { storage: -1 } }),
    granted: 404,
  },

  'GET /api/v2.0/system/storage-comparison': {
    need: system('garbage-collection:list'),
    path: () => `${API}/system/storage-comparison`,
    granted: 200,
  },
  'GET /api/v2.0/system/storage-comparison/schedule': {
    need: system('garbage-collection:read'),
    path: () => `${API}/system/storage-comparison/schedule`,
    granted: 200,
  },
  'POST /api/v2.0/system/storage-comparison/schedule': {
    need: system('garbage-collection:create'),
    path: () => `${API}/system/storage-comparison/schedule`,
    body: () => ({}),
    granted: 400,
  },
  'PUT /api/v2.0/system/storage-comparison/schedule': {
    need: system('garbage-collection:update'),
    path: () => `${API}/system/storage-comparison/schedule`,
    body: () => ({}),
    granted: 400,
  },
  'GET /api/v2.0/system/storage-comparison/:id': {
    need: system('garbage-collection:read'),
    path: () => `${API}/system/storage-comparison/${ABSENT}`,
    granted: 404,
  },
  'PUT /api/v2.0/system/storage-comparison/:id': {
    need: system('garbage-collection:stop'),
    path: () => `${API}/system/storage-comparison/${ABSENT}`,
    granted: 404,
  },
  'GET /api/v2.0/system/storage-comparison/:id/log': {
    need: system('garbage-collection:read'),
    path: () => `${API}/system/storage-comparison/${ABSENT}/log`,
    granted: 404,
  },
  'GET /api/v2.0/system/gc': {
    need: system('garbage-collection:list'),
    path: () => `${API}/system/gc`,
    granted: 200,
  },
  'GET /api/v2.0/system/gc/schedule': {
    need: system('garbage-collection:read'),
    path: () => `${API}/system/gc/schedule`,
    granted: 200,
  },
  'POST /api/v2.0/system/gc/schedule': {
    need: system('garbage-collection:create'),
    path: () => `${API}/system/gc/schedule`,
    body: () => ({ schedule: { type: 'Manual' }, parameters: { workers: 0 } }),
    granted: 400,
  },
  'PUT /api/v2.0/system/gc/schedule': {
    need: system('garbage-collection:update'),
    path: () => `${API}/system/gc/schedule`,
    body: () => ({ schedule: { type: 'Custom', cron: 'never' } }),
    granted: 400,
  },
  'GET /api/v2.0/system/gc/:gc_id': {
    need: system('garbage-collection:read'),
    path: () => `${API}/system/gc/${ABSENT}`,
    granted: 404,
  },
  'PUT /api/v2.0/system/gc/:gc_id': {
    need: system('garbage-collection:stop'),
    path: () => `${API}/system/gc/${ABSENT}`,
    granted: 404,
  },
  'GET /api/v2.0/system/gc/:gc_id/log': {
    need: system('garbage-collection:read'),
    path: () => `${API}/system/gc/${ABSENT}/log`,
    granted: 404,
  },

  'POST /api/v2.0/projects/:project_name_or_id/rename': {
    need: inProject('project:update'),
    path: (place) => `${projectPath(place)}/rename`,
    body: () => ({ name: 'NO' }),
    granted: 400,
  },
  // What it asks of the destination is asked once there is something to move.
  'POST /api/v2.0/projects/:project_name/repositories/:repository_name/move': {
    need: inProject('repository:delete'),
    path: (place) => `${absentRepository(place)}/move`,
    body: () => ({ repository_name: 'other' }),
    granted: 404,
  },

  'GET /api/v2.0/retentions/metadatas': {
    need: authenticated,
    path: () => `${API}/retentions/metadatas`,
    granted: 200,
  },
  'POST /api/v2.0/retentions': {
    need: inProject('tag-retention:create'),
    path: () => `${API}/retentions`,
    body: ({ projectId }) => anyRetention(projectId),
    granted: 400,
  },
  // A policy that is not there is told of to those alone who may see all (test/integration/routes/retentions.test.ts).
  'GET /api/v2.0/retentions/:id': { need: administrator, path: () => ABSENT_RETENTION, granted: 404 },
  'PUT /api/v2.0/retentions/:id': {
    need: inProject('tag-retention:update'),
    path: () => ABSENT_RETENTION,
    body: ({ projectId }) => anyRetention(projectId),
    granted: 404,
  },
  'DELETE /api/v2.0/retentions/:id': { need: administrator, path: () => ABSENT_RETENTION, granted: 404 },
  ...executions('/api/v2.0/retentions/:id/executions', `${ABSENT_RETENTION}/executions`),
  'GET /api/v2.0/system/retention': { need: administrator, path: () => `${API}/system/retention`, granted: 404 },
  'PUT /api/v2.0/system/retention': {
    need: administrator,
    path: () => `${API}/system/retention`,
    body: () => anyRetention(0),
    granted: 400,
  },
  'DELETE /api/v2.0/system/retention': { need: administrator, path: () => `${API}/system/retention`, granted: 404 },
  ...executions('/api/v2.0/system/retention/executions', `${API}/system/retention/executions`),
  'GET /api/v2.0/projects/:project_name_or_id/immutabletagrules': {
    need: inProject('immutable-tag:list'),
    path: immutableRules,
    granted: 200,
  },
  'POST /api/v2.0/projects/:project_name_or_id/immutabletagrules': {
    need: inProject('immutable-tag:create'),
    path: immutableRules,
    body: () => ({}),
    granted: 400,
  },
  'PUT /api/v2.0/projects/:project_name_or_id/immutabletagrules/:immutable_rule_id': {
    need: inProject('immutable-tag:update'),
    path: (place) => `${immutableRules(place)}/${ABSENT}`,
    body: () => ({}),
    granted: 400,
  },
  'DELETE /api/v2.0/projects/:project_name_or_id/immutabletagrules/:immutable_rule_id': {
    need: inProject('immutable-tag:delete'),
    path: (place) => `${immutableRules(place)}/${ABSENT}`,
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name_or_id/trust-rules': {
    need: inProject('robot:list'),
    path: trustRules,
    granted: 200,
  },
  // A rule can give everything that a project's administrator may do.
  'POST /api/v2.0/projects/:project_name_or_id/trust-rules': {
    need: personInProject('robot:create'),
    path: trustRules,
    body: () => ANY_RULE,
    granted: 400,
  },
  'GET /api/v2.0/projects/:project_name_or_id/trust-rules/:trust_rule_id': {
    need: inProject('robot:read'),
    path: (place) => `${trustRules(place)}/${ABSENT}`,
    granted: 404,
  },
  'PUT /api/v2.0/projects/:project_name_or_id/trust-rules/:trust_rule_id': {
    need: personInProject('robot:update'),
    path: (place) => `${trustRules(place)}/${ABSENT}`,
    body: () => ANY_RULE,
    granted: 400,
  },
  'DELETE /api/v2.0/projects/:project_name_or_id/trust-rules/:trust_rule_id': {
    need: inProject('robot:delete'),
    path: (place) => `${trustRules(place)}/${ABSENT}`,
    granted: 404,
  },

  'GET /api/v2.0/projects/:project_name_or_id/webhook/policies': {
    need: inProject('notification-policy:list'),
    path: (place) => `${webhook(place)}/policies`,
    granted: 200,
  },
  'POST /api/v2.0/projects/:project_name_or_id/webhook/policies': {
    need: inProject('notification-policy:create'),
    path: (place) => `${webhook(place)}/policies`,
    body: () => ({}),
    granted: 400,
  },
  'GET /api/v2.0/projects/:project_name_or_id/webhook/policies/:webhook_policy_id': {
    need: inProject('notification-policy:read'),
    path: (place) => `${webhook(place)}/policies/${ABSENT}`,
    granted: 404,
  },
  'PUT /api/v2.0/projects/:project_name_or_id/webhook/policies/:webhook_policy_id': {
    need: inProject('notification-policy:update'),
    path: (place) => `${webhook(place)}/policies/${ABSENT}`,
    body: () => ({}),
    granted: 404,
  },
  'DELETE /api/v2.0/projects/:project_name_or_id/webhook/policies/:webhook_policy_id': {
    need: inProject('notification-policy:delete'),
    path: (place) => `${webhook(place)}/policies/${ABSENT}`,
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name_or_id/webhook/policies/:webhook_policy_id/executions': {
    need: inProject('notification-policy:read'),
    path: (place) => `${webhook(place)}/policies/${ABSENT}/executions`,
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name_or_id/webhook/policies/:webhook_policy_id/executions/:execution_id/tasks': {
    need: inProject('notification-policy:read'),
    path: (place) => `${webhook(place)}/policies/${ABSENT}/executions/${ABSENT}/tasks`,
    granted: 404,
  },
  'GET /api/v2.0/projects/:project_name_or_id/webhook/policies/:webhook_policy_id/executions/:execution_id/tasks/:task_id/log':
    {
      need: inProject('notification-policy:read'),
      path: (place) => `${webhook(place)}/policies/${ABSENT}/executions/${ABSENT}/tasks/${ABSENT}/log`,
      granted: 404,
    },
  'GET /api/v2.0/projects/:project_name_or_id/webhook/lasttrigger': {
    need: inProject('notification-policy:read'),
    path: (place) => `${webhook(place)}/lasttrigger`,
    granted: 200,
  },
  'GET /api/v2.0/projects/:project_name_or_id/webhook/events': {
    need: inProject('notification-policy:read'),
    path: (place) => `${webhook(place)}/events`,
    granted: 200,
  },
  'GET /api/v2.0/projects/:project_name_or_id/webhook/jobs': {
    need: inProject('notification-policy:list'),
    path: (place) => `${webhook(place)}/jobs?policy_id=${ABSENT}`,
    granted: 404,
  },

  'GET /v2/_catalog': {
    need: { kind: 'system', permission: 'catalog:read' },
    path: () => '/v2/_catalog',
    granted: 200,
  },
  'GET /v2': { need: authenticated, path: () => '/v2/', granted: 200 },
  'GET /v2/:name{[\\s\\S]+}/tags/list': { need: registry('repository:pull'), path: v2('tags/list'), granted: 404 },
  'GET /v2/:name{[\\s\\S]+}/referrers/:digest': {
    need: registry('repository:pull'),
    path: v2(`referrers/${DIGEST}`),
    granted: 200,
  },
  'GET /v2/:name{[\\s\\S]+}/blobs/:digest': {
    need: registry('repository:pull'),
    path: v2(`blobs/${DIGEST}`),
    granted: 404,
  },
  'DELETE /v2/:name{[\\s\\S]+}/blobs/:digest': {
    need: registry('repository:delete'),
    path: v2(`blobs/${DIGEST}`),
    granted: 404,
  },
  'GET /v2/:name{[\\s\\S]+}/manifests/:reference': {
    need: registry('repository:pull'),
    path: v2('manifests/1'),
    granted: 404,
  },
  'PUT /v2/:name{[\\s\\S]+}/manifests/:reference': {
    need: registry('repository:push'),
    path: v2('manifests/1'),
    body: () => 'no manifest',
    granted: 400,
  },
  'DELETE /v2/:name{[\\s\\S]+}/manifests/:reference': {
    need: registry('repository:delete'),
    path: v2(`manifests/${DIGEST}`),
    granted: 404,
  },
  'POST /v2/:name{[\\s\\S]+}/blobs/uploads/': {
    need: registry('repository:push'),
    path: v2('blobs/uploads/'),
    granted: 202,
  },
  'POST /v2/:name{[\\s\\S]+}/blobs/uploads': {
    need: registry('repository:push'),
    path: v2('blobs/uploads'),
    granted: 202,
  },
  'GET /v2/:name{[\\s\\S]+}/blobs/uploads/:upload': {
    need: registry('repository:push'),
    path: v2('blobs/uploads/none'),
    granted: 404,
  },
  'PATCH /v2/:name{[\\s\\S]+}/blobs/uploads/:upload': {
    need: registry('repository:push'),
    path: v2('blobs/uploads/none'),
    granted: 404,
  },
  'PUT /v2/:name{[\\s\\S]+}/blobs/uploads/:upload': {
    need: registry('repository:push'),
    path: v2(`blobs/uploads/none?digest=${DIGEST}`),
    granted: 404,
  },
  'DELETE /v2/:name{[\\s\\S]+}/blobs/uploads/:upload': {
    need: registry('repository:push'),
    path: v2('blobs/uploads/none'),
    granted: 404,
  },
};
