import { afterAll, describe, expect, it, vi } from 'vitest';
import { AUDIT_EVENT_TYPES, eventTypeOf } from '#domain/audit/event-type';
import { OPERATIONS } from '#test/api/operation-fixture';
import { Browser } from '#test/support/browser';
import { AUDIENCE, ISSUER } from '#test/support/identity-provider';
import { pushBlob, putManifest, randomImage } from '#test/support/images';
import { SCANNER_METADATA } from '#test/support/scanner-metadata';
import { asAdmin, createServer, testEnv } from '#test/support/server';

const API = '/api/v2.0';
const PROJECT = `${API}/projects/audited-a`;
const IMAGE = 'audited-a/app';
// Every registry and scanner answers; servers take the function as it is when they are made.
vi.stubGlobal('fetch', async () => Response.json(SCANNER_METADATA));
const server = createServer();
/** Settings that the deployment fixes cannot be changed, and only such ones name issuers here. */
const federated = createServer({ CONFIG_OVERWRITE_JSON: JSON.stringify({ federation_issuers: ISSUER }) });
const harness = {
  ...server,
  request: (method: string, path: string, init?: RequestInit) => server.request(path, { ...init, method }),
};
const browser = new Browser(harness);
const images = [randomImage(), randomImage()] as const;
/** Ids of what the steps have made, by the last part but one of its address. */
const made = new Map<string, string>();

async function send(method: string, path: string, body?: unknown, to = server): Promise<Response> {
  const response = await to.request(path, {
    method,
    headers: { ...asAdmin, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const [id, collection] = (response.headers.get('location') ?? '').split('/').reverse();
  if (id && collection) made.set(collection, id);
  return response;
}

const idOf = (collection: string) => made.get(collection) ?? 'nothing was made';
const robot = (name: string) => ({
  name,
  level: 'project',
  duration: 1,
  permissions: [{ kind: 'project', namespace: 'audited-a', access: [{ resource: 'repository', action: 'pull' }] }],
});
const rule = {
  name: 'ci',
  issuer: ISSUER,
  audience: AUDIENCE,
  conditions: [{ claim: 'repository', pattern: 'org/app' }],
  permissions: [{ namespace: 'audited-a', access: [{ resource: 'repository', action: 'push' }] }],
  lifetime_seconds: 600,
};
const immutableRule = {
  scope_selectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: 'nothing' }] },
  tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: 'v*' }],
};
const webhook = {
  name: 'ci',
  targets: [{ type: 'http', address: 'https://hooks.test' }],
  event_types: ['PUSH_ARTIFACT'],
};
const person = (username: string) => ({
  username,
  password: 'Passw0rd-audited',
  email: `${username}@example.com`,
  realname: username,
});
const registry = { name: 'audited', type: 'docker-registry', url: 'https://registry.remote.test' };
const scanner = { name: 'audited', url: 'https://adapter.scanner.test' };
const ARTIFACT = `${PROJECT}/repositories/app/artifacts/${images[0].digest}`;
const TRASH = `${PROJECT}/repositories/app/trash`;

const PURGE_SCHEDULE = `${API}/system/purgeaudit/schedule`;
const PURGE = { audit_retention_hour: 24, include_event_types: 'create_user', dry_run: true };
/** Of a kind of maintenance. */
async function stopNewest(maintenance: string): Promise<Response> {
  const runs = (await (await send('GET', `${API}/system/${maintenance}?page_size=1`)).json()) as { id: number }[];
  return send('PUT', `${API}/system/${maintenance}/${runs[0]?.id}`);
}
const DEFAULT_RETENTION = `${API}/system/retention`;
const retention = () => ({
  algorithm: 'or',
  rules: [],
  trigger: { kind: 'Schedule', settings: { cron: '' } },
  scope: { level: 'project', ref: Number(idOf('projects')) },
});

interface Step {
  readonly operation: string;
  readonly type: string;
  readonly resource: string;
  readonly description?: string;
  readonly run: () => Promise<Response>;
}

/** Each operation as it succeeds, in an order in which they can. */
const STEPS: readonly Step[] = [
  {
    operation: 'POST /api/v2.0/users',
    type: 'create_user',
    resource: 'audited-user',
    description: 'create user with name: audited-user',
    run: () => send('POST', `${API}/users`, person('audited-user')),
  },
  {
    operation: 'PUT /api/v2.0/users/:user_id',
    type: 'update_user',
    resource: 'audited-user',
    run: () => send('PUT', `${API}/users/${idOf('users')}`, { email: 'a@example.com', realname: 'A', comment: '' }),
  },
  {
    operation: 'PUT /api/v2.0/users/:user_id/sysadmin',
    type: 'update_user',
    resource: 'audited-user',
    description: 'update user with name: audited-user, add user as system administrator',
    run: () => send('PUT', `${API}/users/${idOf('users')}/sysadmin`, { sysadmin_flag: true }),
  },
  {
    operation: 'PUT /api/v2.0/users/:user_id/password',
    type: 'update_user',
    resource: 'audited-user',
    description: 'update user with name: audited-user, change user password',
    run: () => send('PUT', `${API}/users/${idOf('users')}/password`, { new_password: 'Passw0rd-changed' }),
  },
  {
    operation: 'POST /c/login',
    type: 'login_user',
    resource: 'audited-user',
    description: 'login',
    run: async () => {
      await browser.get('/c/log_out');
      return browser.postForm('/c/login', { principal: 'audited-user', password: 'Passw0rd-changed' });
    },
  },
  {
    operation: 'GET /c/log_out',
    type: 'logout_user',
    resource: 'audited-user',
    description: 'logout',
    run: () => browser.get('/c/log_out'),
  },
  {
    operation: 'PUT /api/v2.0/configurations',
    type: 'update_configuration',
    resource: 'configuration',
    run: () => send('PUT', `${API}/configurations`, { session_timeout: 60 }),
  },
  {
    operation: 'PUT /api/v2.0/system/CVEAllowlist',
    type: 'update_configuration',
    resource: '/api/v2.0/system/CVEAllowlist',
    run: () => send('PUT', `${API}/system/CVEAllowlist`, { items: [] }),
  },
  {
    operation: 'POST /api/v2.0/projects',
    type: 'create_project',
    resource: 'audited-a',
    description: 'create project: audited-a',
    run: () => send('POST', `${API}/projects`, { project_name: 'audited-a' }),
  },
  {
    operation: 'PUT /api/v2.0/projects/:project_name_or_id',
    type: 'update_project',
    resource: 'audited-a',
    run: () => send('PUT', PROJECT, { metadata: { public: 'true' } }),
  },
  {
    operation: 'POST /api/v2.0/projects/:project_name_or_id/metadatas',
    type: 'update_project',
    resource: 'audited-a',
    run: () => send('POST', `${PROJECT}/metadatas/`, { severity: 'low' }),
  },
  {
    operation: 'PUT /api/v2.0/projects/:project_name_or_id/metadatas/:meta_name',
    type: 'update_project',
    resource: 'audited-a',
    run: () => send('PUT', `${PROJECT}/metadatas/severity`, { severity: 'high' }),
  },
  {
    operation: 'DELETE /api/v2.0/projects/:project_name_or_id/metadatas/:meta_name',
    type: 'update_project',
    resource: 'audited-a',
    run: () => send('DELETE', `${PROJECT}/metadatas/severity`),
  },
  {
    operation: 'POST /api/v2.0/projects/:project_name_or_id/members',
    type: 'create_member',
    resource: 'audited-user',
    description: 'create user member audited-user in project audited-a (developer)',
    run: () => send('POST', `${PROJECT}/members`, { role_id: 2, member_user: { username: 'audited-user' } }),
  },
  {
    operation: 'PUT /api/v2.0/projects/:project_name_or_id/members/:mid',
    type: 'update_member',
    resource: 'audited-user',
    run: () => send('PUT', `${PROJECT}/members/${idOf('members')}`, { role_id: 3 }),
  },
  {
    operation: 'DELETE /api/v2.0/projects/:project_name_or_id/members/:mid',
    type: 'delete_member',
    resource: 'audited-user',
    description: 'delete user member audited-user from project audited-a (guest)',
    run: () => send('DELETE', `${PROJECT}/members/${idOf('members')}`),
  },
  {
    operation: 'POST /api/v2.0/usergroups',
    type: 'create_user-group',
    resource: 'audited-group',
    run: () => send('POST', `${API}/usergroups`, { group_name: 'audited-group', group_type: 3 }),
  },
  {
    operation: 'PUT /api/v2.0/usergroups/:group_id',
    type: 'update_user-group',
    resource: 'audited-group',
    run: () => send('PUT', `${API}/usergroups/${idOf('usergroups')}`, { group_name: 'audited-team', group_type: 3 }),
  },
  {
    operation: 'DELETE /api/v2.0/usergroups/:group_id',
    type: 'delete_user-group',
    resource: 'audited-team',
    run: () => send('DELETE', `${API}/usergroups/${idOf('usergroups')}`),
  },
  {
    operation: 'POST /api/v2.0/robots',
    type: 'create_robot',
    resource: 'robot$audited-a+ci',
    description: 'create robot: robot$audited-a+ci',
    run: () => send('POST', `${API}/robots`, robot('ci')),
  },
  {
    operation: 'PUT /api/v2.0/robots/:robot_id',
    type: 'update_robot',
    resource: 'robot$audited-a+ci',
    run: () => send('PUT', `${API}/robots/${idOf('robots')}`, robot('robot$audited-a+ci')),
  },
  {
    operation: 'PATCH /api/v2.0/robots/:robot_id',
    type: 'update_robot',
    resource: 'robot$audited-a+ci',
    run: () => send('PATCH', `${API}/robots/${idOf('robots')}`, { secret: '' }),
  },
  {
    operation: 'DELETE /api/v2.0/robots/:robot_id',
    type: 'delete_robot',
    resource: 'robot$audited-a+ci',
    run: () => send('DELETE', `${API}/robots/${idOf('robots')}`),
  },
  {
    operation: 'POST /api/v2.0/projects/:project_name_or_id/trust-rules',
    type: 'create_trust-rule',
    resource: 'ci',
    run: () => send('POST', `${PROJECT}/trust-rules`, rule, federated),
  },
  {
    operation: 'PUT /api/v2.0/projects/:project_name_or_id/trust-rules/:trust_rule_id',
    type: 'update_trust-rule',
    resource: 'ci',
    run: () => send('PUT', `${PROJECT}/trust-rules/${idOf('trust-rules')}`, rule, federated),
  },
  {
    operation: 'DELETE /api/v2.0/projects/:project_name_or_id/trust-rules/:trust_rule_id',
    type: 'delete_trust-rule',
    resource: 'ci',
    run: () => send('DELETE', `${PROJECT}/trust-rules/${idOf('trust-rules')}`, undefined, federated),
  },
  {
    operation: 'POST /api/v2.0/projects/:project_name_or_id/immutabletagrules',
    type: 'create_immutable-tag',
    resource: 'audited-a',
    description: 'create immutable tag rule: repoMatches nothing, matches v*',
    run: () => send('POST', `${PROJECT}/immutabletagrules`, immutableRule),
  },
  {
    operation: 'PUT /api/v2.0/projects/:project_name_or_id/immutabletagrules/:immutable_rule_id',
    type: 'update_immutable-tag',
    resource: 'audited-a',
    description: 'update immutable tag rule: repoMatches nothing, matches v*, disabled',
    run: () => {
      const id = idOf('immutabletagrules');
      return send('PUT', `${PROJECT}/immutabletagrules/${id}`, { ...immutableRule, id: Number(id), disabled: true });
    },
  },
  {
    operation: 'DELETE /api/v2.0/projects/:project_name_or_id/immutabletagrules/:immutable_rule_id',
    type: 'delete_immutable-tag',
    resource: 'audited-a',
    run: () => send('DELETE', `${PROJECT}/immutabletagrules/${idOf('immutabletagrules')}`),
  },
  {
    operation: 'POST /api/v2.0/projects/:project_name_or_id/webhook/policies',
    type: 'create_webhook-policy',
    resource: 'ci',
    run: () => send('POST', `${PROJECT}/webhook/policies`, webhook),
  },
  {
    operation: 'PUT /api/v2.0/projects/:project_name_or_id/webhook/policies/:webhook_policy_id',
    type: 'update_webhook-policy',
    resource: 'ci',
    run: () => send('PUT', `${PROJECT}/webhook/policies/${idOf('policies')}`, webhook),
  },
  {
    operation: 'DELETE /api/v2.0/projects/:project_name_or_id/webhook/policies/:webhook_policy_id',
    type: 'delete_webhook-policy',
    resource: 'ci',
    run: () => send('DELETE', `${PROJECT}/webhook/policies/${idOf('policies')}`),
  },
  {
    operation: 'POST /api/v2.0/registries',
    type: 'create_registry',
    resource: 'audited',
    run: () => send('POST', `${API}/registries`, registry),
  },
  {
    operation: 'PUT /api/v2.0/registries/:id',
    type: 'update_registry',
    resource: 'renamed',
    run: () => send('PUT', `${API}/registries/${idOf('registries')}`, { name: 'renamed' }),
  },
  {
    operation: 'DELETE /api/v2.0/registries/:id',
    type: 'delete_registry',
    resource: 'renamed',
    run: () => send('DELETE', `${API}/registries/${idOf('registries')}`),
  },
  {
    operation: 'PUT /v2/:name{[\\s\\S]+}/manifests/:reference',
    type: 'create_artifact',
    resource: `${IMAGE}:1`,
    description: `push artifact: ${IMAGE}@${images[0].digest}`,
    run: () => putManifest(harness, IMAGE, '1', images[0].manifest, images[0].mediaType),
  },
  {
    operation: 'PUT /v2/:name{[\\s\\S]+}/manifests/:reference',
    type: 'create_artifact',
    resource: `${IMAGE}@${images[1].digest}`,
    run: () => putManifest(harness, IMAGE, images[1].digest, images[1].manifest, images[1].mediaType),
  },
  {
    operation: 'POST /api/v2.0/labels',
    type: 'create_label',
    resource: 'audited',
    run: () => send('POST', `${API}/labels`, { name: 'audited', scope: 'g' }),
  },
  {
    operation: 'PUT /api/v2.0/labels/:label_id',
    type: 'update_label',
    resource: 'audited',
    run: () => send('PUT', `${API}/labels/${idOf('labels')}`, { name: 'audited', description: 'x' }),
  },
  {
    operation: 'POST /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/labels',
    type: 'update_artifact',
    resource: `${IMAGE}@${images[0].digest}`,
    run: () => send('POST', `${ARTIFACT}/labels`, { id: Number(idOf('labels')) }),
  },
  {
    operation:
      'DELETE /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/labels/:label_id',
    type: 'update_artifact',
    resource: `${IMAGE}@${images[0].digest}`,
    run: () => send('DELETE', `${ARTIFACT}/labels/${idOf('labels')}`),
  },
  {
    operation: 'DELETE /api/v2.0/labels/:label_id',
    type: 'delete_label',
    resource: 'audited',
    run: () => send('DELETE', `${API}/labels/${idOf('labels')}`),
  },
  {
    operation: 'POST /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/tags',
    type: 'create_tag',
    resource: `${IMAGE}:2`,
    run: () => send('POST', `${ARTIFACT}/tags`, { name: '2' }),
  },
  {
    operation:
      'DELETE /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference/tags/:tag_name',
    type: 'delete_tag',
    resource: `${IMAGE}:2`,
    run: () => send('DELETE', `${ARTIFACT}/tags/2`),
  },
  {
    operation: 'POST /api/v2.0/projects/:project_name/repositories/:repository_name/trash/tags/:tag/restore',
    type: 'restore_artifact',
    resource: `${IMAGE}:2`,
    run: () => send('POST', `${TRASH}/tags/2/restore`),
  },
  {
    operation: 'POST /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts',
    type: 'create_artifact',
    resource: `audited-a/copy:1`,
    run: () => send('POST', `${PROJECT}/repositories/copy/artifacts?from=${IMAGE}:1`),
  },
  {
    operation: 'PUT /api/v2.0/projects/:project_name/repositories/:repository_name',
    type: 'update_repository',
    resource: 'audited-a/copy',
    run: () => send('PUT', `${PROJECT}/repositories/copy`, { description: 'a copy' }),
  },
  {
    operation: 'PUT /api/v2.0/quotas/:id',
    type: 'update_quota',
    resource: 'audited-a',
    run: async () => {
      const quotas = (await (await send('GET', `${API}/quotas?sort=-id&page_size=1`)).json()) as { id: number }[];
      return send('PUT', `${API}/quotas/${quotas[0]?.id}`, { hard: { storage: -1 } });
    },
  },
  {
    operation: 'POST /api/v2.0/system/storage-comparison/schedule',
    type: 'create_storage-comparison',
    resource: 'storage-comparison',
    run: () => send('POST', `${API}/system/storage-comparison/schedule`, { schedule: { type: 'Manual' } }),
  },
  {
    operation: 'PUT /api/v2.0/system/storage-comparison/schedule',
    type: 'update_storage-comparison',
    resource: 'storage-comparison',
    run: () => send('PUT', `${API}/system/storage-comparison/schedule`, { schedule: { type: 'Weekly' } }),
  },
  {
    operation: 'PUT /api/v2.0/system/storage-comparison/:id',
    type: 'stop_storage-comparison',
    resource: 'storage-comparison',
    run: () => stopNewest('storage-comparison'),
  },
  {
    operation: 'POST /api/v2.0/system/gc/schedule',
    type: 'create_garbage-collection',
    resource: 'garbage-collection',
    run: () => send('POST', `${API}/system/gc/schedule`, { schedule: { type: 'Manual' } }),
  },
  {
    operation: 'PUT /api/v2.0/system/gc/schedule',
    type: 'update_garbage-collection',
    resource: 'garbage-collection',
    run: () => send('PUT', `${API}/system/gc/schedule`, { schedule: { type: 'Weekly' } }),
  },
  {
    operation: 'PUT /api/v2.0/system/gc/:gc_id',
    type: 'stop_garbage-collection',
    resource: 'garbage-collection',
    run: () => stopNewest('gc'),
  },
  {
    operation: 'POST /api/v2.0/scanners',
    type: 'create_scanner',
    resource: 'audited',
    run: () => send('POST', `${API}/scanners`, scanner),
  },
  {
    operation: 'PATCH /api/v2.0/scanners/:registration_id',
    type: 'update_scanner',
    resource: 'audited',
    run: () => send('PATCH', `${API}/scanners/${idOf('scanners')}`, { is_default: true }),
  },
  {
    operation: 'PUT /api/v2.0/projects/:project_name_or_id/scanner',
    type: 'update_project',
    resource: 'audited-a',
    run: () => send('PUT', `${PROJECT}/scanner`, { uuid: idOf('scanners') }),
  },
  {
    operation: 'PUT /api/v2.0/scanners/:registration_id',
    type: 'update_scanner',
    resource: 'audited',
    run: () => send('PUT', `${API}/scanners/${idOf('scanners')}`, { ...scanner, description: 'x' }),
  },
  {
    operation: 'DELETE /api/v2.0/scanners/:registration_id',
    type: 'delete_scanner',
    resource: 'audited',
    run: () => send('DELETE', `${API}/scanners/${idOf('scanners')}`),
  },
  {
    operation: 'PUT /api/v2.0/jobservice/queues/:job_type',
    type: 'pause_job-queue',
    resource: 'RETENTION',
    description: 'pause job queue with name: RETENTION',
    run: () => send('PUT', `${API}/jobservice/queues/retention`, { action: 'pause' }),
  },
  {
    operation: 'PUT /api/v2.0/jobservice/queues/:job_type',
    type: 'stop_job-queue',
    resource: 'RETENTION',
    run: () => send('PUT', `${API}/jobservice/queues/RETENTION`, { action: 'stop' }),
  },
  {
    operation: 'PUT /api/v2.0/jobservice/queues/:job_type',
    type: 'resume_job-queue',
    resource: 'ALL',
    run: () => send('PUT', `${API}/jobservice/queues/all`, { action: 'resume' }),
  },
  {
    operation: 'PUT /api/v2.0/jobservice/jobs/:job_id',
    type: 'stop_job',
    resource: 'all',
    description: 'stop running job with id: all',
    run: () => send('PUT', `${API}/jobservice/jobs/all`),
  },
  {
    operation: 'DELETE /v2/:name{[\\s\\S]+}/manifests/:reference',
    type: 'delete_tag',
    resource: `${IMAGE}:1`,
    description: `delete tag: ${IMAGE}:1`,
    run: () => server.asAdmin('DELETE', `/v2/${IMAGE}/manifests/1`),
  },
  {
    operation: 'DELETE /v2/:name{[\\s\\S]+}/manifests/:reference',
    type: 'delete_artifact',
    resource: `${IMAGE}@${images[1].digest}`,
    run: () => server.asAdmin('DELETE', `/v2/${IMAGE}/manifests/${images[1].digest}`),
  },
  {
    operation: 'DELETE /api/v2.0/projects/:project_name/repositories/:repository_name/artifacts/:reference',
    type: 'delete_artifact',
    resource: `${IMAGE}@${images[0].digest}`,
    description: `delete artifact: ${IMAGE}@${images[0].digest}`,
    run: () => send('DELETE', `${PROJECT}/repositories/app/artifacts/${images[0].digest}`),
  },
  {
    operation: 'POST /api/v2.0/projects/:project_name/repositories/:repository_name/trash/artifacts/:digest/restore',
    type: 'restore_artifact',
    resource: `${IMAGE}:2`,
    run: () => send('POST', `${TRASH}/artifacts/${images[0].digest}/restore`),
  },
  // It ends tokens of the project, such as those of the steps before.
  {
    operation: 'POST /api/v2.0/projects/:project_name/repositories/:repository_name/move',
    type: 'update_repository',
    resource: 'audited-a/copy',
    run: () => send('POST', `${PROJECT}/repositories/copy/move`, { repository_name: 'moved' }),
  },
  {
    operation: 'DELETE /api/v2.0/projects/:project_name/repositories/:repository_name',
    type: 'delete_repository',
    resource: 'audited-a/moved',
    run: () => send('DELETE', `${PROJECT}/repositories/moved`),
  },
  {
    operation: 'DELETE /api/v2.0/projects/:project_name/repositories/:repository_name',
    type: 'delete_repository',
    resource: IMAGE,
    description: `delete repository: ${IMAGE}`,
    run: () => send('DELETE', `${PROJECT}/repositories/app`),
  },
  {
    operation: 'POST /api/v2.0/retentions',
    type: 'create_tag-retention',
    resource: 'retention policy',
    run: () => send('POST', `${API}/retentions`, retention()),
  },
  {
    operation: 'PUT /api/v2.0/retentions/:id',
    type: 'update_tag-retention',
    resource: 'retention policy',
    run: () => send('PUT', `${API}/retentions/${idOf('retentions')}`, retention()),
  },
  {
    operation: 'POST /api/v2.0/retentions/:id/executions',
    type: 'run_tag-retention',
    resource: 'retention policy',
    run: () => send('POST', `${API}/retentions/${idOf('retentions')}/executions`, { dry_run: true }),
  },
  {
    operation: 'PATCH /api/v2.0/retentions/:id/executions/:eid',
    type: 'stop_tag-retention',
    resource: 'retention policy',
    run: () =>
      send('PATCH', `${API}/retentions/${idOf('retentions')}/executions/${idOf('executions')}`, { action: 'stop' }),
  },
  {
    operation: 'DELETE /api/v2.0/retentions/:id',
    type: 'delete_tag-retention',
    resource: 'retention policy',
    run: () => send('DELETE', `${API}/retentions/${idOf('retentions')}`),
  },
  {
    operation: 'PUT /api/v2.0/system/retention',
    type: 'create_tag-retention',
    resource: 'default retention policy',
    run: () => send('PUT', DEFAULT_RETENTION, retention()),
  },
  {
    operation: 'POST /api/v2.0/system/retention/executions',
    type: 'run_tag-retention',
    resource: 'default retention policy',
    run: () => send('POST', `${DEFAULT_RETENTION}/executions`, { dry_run: true }),
  },
  {
    operation: 'PATCH /api/v2.0/system/retention/executions/:eid',
    type: 'stop_tag-retention',
    resource: 'default retention policy',
    run: () => send('PATCH', `${DEFAULT_RETENTION}/executions/${idOf('executions')}`, { action: 'stop' }),
  },
  {
    operation: 'DELETE /api/v2.0/system/retention',
    type: 'delete_tag-retention',
    resource: 'default retention policy',
    run: () => send('DELETE', DEFAULT_RETENTION),
  },
  {
    operation: 'POST /api/v2.0/projects/:project_name_or_id/rename',
    type: 'update_project',
    resource: 'audited-a',
    run: () => send('POST', `${PROJECT}/rename`, { name: 'audited-b' }),
  },
  {
    operation: 'DELETE /api/v2.0/projects/:project_name_or_id',
    type: 'delete_project',
    resource: 'audited-b',
    description: 'delete project: audited-b',
    run: () => send('DELETE', `${API}/projects/audited-b`),
  },
  {
    operation: 'DELETE /api/v2.0/users/:user_id',
    type: 'delete_user',
    resource: 'audited-user',
    run: () => send('DELETE', `${API}/users/${idOf('users')}`),
  },
  {
    operation: 'PUT /api/v2.0/system/purgeaudit/schedule',
    type: 'update_purge-audit',
    resource: 'audit log',
    run: () => send('PUT', PURGE_SCHEDULE, { schedule: { type: 'Daily' }, parameters: PURGE }),
  },
  {
    operation: 'PUT /api/v2.0/system/purgeaudit/schedule',
    type: 'delete_purge-audit',
    resource: 'audit log',
    run: () => send('PUT', PURGE_SCHEDULE, { schedule: { type: 'None' } }),
  },
  {
    operation: 'POST /api/v2.0/system/purgeaudit/schedule',
    type: 'create_purge-audit',
    resource: 'audit log',
    run: () => send('POST', PURGE_SCHEDULE, { schedule: { type: 'Manual' }, parameters: PURGE }),
  },
  {
    operation: 'PUT /api/v2.0/system/purgeaudit/:purge_id',
    type: 'stop_purge-audit',
    resource: 'audit log',
    run: () => send('PUT', `${API}/system/purgeaudit/${idOf('purgeaudit')}`),
  },
];

/** Operations by other methods than GET that no step runs, and why. */
const WITHOUT_STEP: Readonly<Record<string, string>> = {
  'POST /api/v2.0/registries/ping': 'changes nothing',
  'POST /api/v2.0/scanners/ping': 'changes nothing',
  'POST /api/v2.0/system/oidc/ping': 'changes nothing',
  'POST /api/v2.0/ldap/ping': 'changes nothing',
  'POST /c/userExists': 'changes nothing',
  'POST /api/v2.0/ldap/users/import': 'an entry for each account, each in its own batch',
  'PUT /api/v2.0/users/:user_id/cli_secret': 'only for accounts of an OIDC provider (oidc.test.ts)',
  'POST /c/oidc/onboard': 'an account and a session: two deeds (oidc.test.ts)',
  'POST /oidc-onboard': 'an account and a session: two deeds (oidc.test.ts)',
  'POST /service/token-exchange': 'the use of a trust rule, once a minute (federation-service.test.ts)',
  'DELETE /v2/:name{[\\s\\S]+}/blobs/:digest': 'blobs are no resources of the log, as in Harbor',
  'POST /v2/:name{[\\s\\S]+}/blobs/uploads/': 'blobs are no resources of the log, as in Harbor',
  'POST /v2/:name{[\\s\\S]+}/blobs/uploads': 'blobs are no resources of the log, as in Harbor',
  'PATCH /v2/:name{[\\s\\S]+}/blobs/uploads/:upload': 'blobs are no resources of the log, as in Harbor',
  'PUT /v2/:name{[\\s\\S]+}/blobs/uploads/:upload': 'blobs are no resources of the log, as in Harbor',
  'DELETE /v2/:name{[\\s\\S]+}/blobs/uploads/:upload': 'blobs are no resources of the log, as in Harbor',
};

afterAll(() => {
  vi.unstubAllGlobals();
});

describe('an operation that succeeds writes one entry of a known type', () => {
  it('knows every operation that can change anything', () => {
    const changing = Object.keys(OPERATIONS).filter((key) => !key.startsWith('GET '));
    const known = new Set([...STEPS.map(({ operation }) => operation), ...Object.keys(WITHOUT_STEP)]);
    expect(changing.filter((key) => !known.has(key))).toEqual([]);
    expect([...known].filter((key) => !(key in OPERATIONS))).toEqual([]);
  });

  it.each(STEPS)('$operation: $type', async ({ type, resource, description, run }) => {
    // Projects and blobs that a push needs are not the push's deed.
    if (type === 'create_artifact') {
      for (const { config, layers } of images)
        for (const blob of [config, ...layers]) await pushBlob(harness, IMAGE, blob);
    }
    await testEnv.DB.prepare('delete from audit_log').run();
    const response = await run();
    expect([response.status, response.ok || (await response.text())]).toEqual([response.status, true]);
    // Pulls come by the queue, whenever they like.
    const { results } = await testEnv.DB.prepare(`select * from audit_log where operation <> 'pull'`).all();
    const types = results.map((row) =>
      eventTypeOf({ operation: `${row['operation']}`, resourceType: `${row['resource_type']}` }),
    );
    expect(types).toEqual([type]);
    expect(AUDIT_EVENT_TYPES).toContain(type);
    expect(results[0]).toMatchObject({ resource, is_success: 1, is_hidden: 0, ...(description && { description }) });
    expect(`${results[0]?.['description']}`).not.toMatch(/Passw0rd/);
  });
});
