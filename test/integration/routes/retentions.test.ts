import { beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { createJobHarness, runDueJobs } from '#test/support/jobs';
import { insertRepository, tagsOf } from '#test/support/retention';
import { asAdmin, basic, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const harness = createJobHarness();
const PASSWORD = 'Passw0rd-retention';
const asDeveloper = basic('retention-developer', PASSWORD);
const asGuest = basic('retention-guest', PASSWORD);
const asStranger = basic('retention-stranger', PASSWORD);
type Headers = Readonly<Record<string, string>>;

const request = (method: string, path: string, headers: Headers = asAdmin, body?: unknown) =>
  harness.request(method, `/api/v2.0${path}`, {
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const get = (path: string, headers?: Headers) => request('GET', path, headers);
const messageOf = async (response: Response) => [response.status, (await errorOf(response)).message];

const RULE = {
  id: 1,
  priority: 1,
  disabled: false,
  action: 'retain',
  template: 'latestPushedK',
  params: { latestPushedK: 2 },
  tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: '**', extras: '{"untagged":true}' }],
  scope_selectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }] },
};
const policyOf = (projectId: number, more: Readonly<Record<string, unknown>> = {}) => ({
  algorithm: 'or',
  rules: [RULE],
  trigger: { kind: 'Schedule', settings: { cron: '' }, references: {} },
  scope: { level: 'project', ref: projectId },
  ...more,
});
const scheduled = (cron: unknown) => ({ trigger: { kind: 'Schedule', settings: { cron } } });

let members: Readonly<Record<number, number>> = {};
let projects = 0;
const newProject = () => insertProject(harness, `retentions-${++projects}`, { members });

async function newPolicy(projectId: number, more = {}): Promise<number> {
  const response = await request('POST', '/retentions', asAdmin, policyOf(projectId, more));
  expect(response.status).toBe(201);
  const location = response.headers.get('location') ?? '';
  expect(location).toMatch(/^\/api\/v2\.0\/retentions\/\d+$/);
  return Number(location.split('/').at(-1));
}

async function retentionIdOf(projectId: number): Promise<string | undefined> {
  const project = (await (await get(`/projects/${projectId}`)).json()) as { metadata: { retention_id?: string } };
  return project.metadata.retention_id;
}

/** Artifacts v1, v2, …, a minute after each other. */
function addRepository(projectId: number, name: string, count: number): Promise<number> {
  const rows = Array.from({ length: count }, (_, index) => ({
    digest: digestOf(new TextEncoder().encode(`${name}-${projectId}-${index}`)),
    tags: [`v${index + 1}`],
    pushedAtMs: 1_700_000_000_000 + index * 60_000,
  }));
  return insertRepository(harness, projectId, name, rows);
}

beforeAll(async () => {
  members = {
    [await insertUser(harness, 'retention-developer', PASSWORD)]: 2,
    [await insertUser(harness, 'retention-guest', PASSWORD)]: 3,
  };
  await insertUser(harness, 'retention-stranger', PASSWORD);
});

describe('GET /api/v2.0/retentions/metadatas', () => {
  it('tells whoever is known what there is to choose from, as Harbor does', async () => {
    const response = await get('/retentions/metadatas', asStranger);
    expect(response.status).toBe(200);
    const { templates, ...selectors } = (await response.json()) as { templates: readonly Record<string, unknown>[] };
    expect(
      templates.map(({ rule_template, display_text, action, params }) => [rule_template, display_text, action, params]),
    ).toEqual([
      [
        'latestPushedK',
        'the most recently pushed # artifacts',
        'retain',
        [{ type: 'int', unit: 'COUNT', required: true }],
      ],
      [
        'latestPulledN',
        'the most recently pulled # artifacts',
        'retain',
        [{ type: 'int', unit: 'COUNT', required: true }],
      ],
      [
        'nDaysSinceLastPush',
        'pushed within the last # days',
        'retain',
        [{ type: 'int', unit: 'DAYS', required: true }],
      ],
      [
        'nDaysSinceLastPull',
        'pulled within the last # days',
        'retain',
        [{ type: 'int', unit: 'DAYS', required: true }],
      ],
      ['always', 'always', 'retain', []],
    ]);
    expect(selectors).toEqual({
      scope_selectors: [
        { display_text: 'Repositories', kind: 'doublestar', decorations: ['repoMatches', 'repoExcludes'] },
      ],
      tag_selectors: [{ display_text: 'Tags', kind: 'doublestar', decorations: ['matches', 'excludes'] }],
    });
    expect((await get('/retentions/metadatas', {})).status).toBe(401);
  });
});

describe('POST /api/v2.0/retentions', () => {
  it('makes the policy of a project, which its metadata name', async () => {
    const projectId = await newProject();
    const response = await request('POST', '/retentions', asDeveloper, policyOf(projectId, scheduled('0 0 3 * * *')));
    expect(response.status).toBe(201);
    const id = Number((response.headers.get('location') ?? '').split('/').at(-1));
    expect(await retentionIdOf(projectId)).toBe(String(id));
    const read = (await (await get(`/retentions/${id}`, asDeveloper)).json()) as Record<string, unknown>;
    const next = new Date(harness.clock.nowMs());
    next.setUTCHours(next.getUTCHours() >= 3 ? 27 : 3, 0, 0, 0);
    expect(read).toEqual({
      id,
      algorithm: 'or',
      rules: [RULE],
      trigger: { kind: 'Schedule', settings: { cron: '0 0 3 * * *', next_scheduled_time: next.toISOString() } },
      scope: { level: 'project', ref: projectId },
    });
    const schedules = (await (await get('/schedules')).json()) as {
      vendor_type: string;
      vendor_id: number;
      cron: string;
    }[];
    expect(schedules).toContainEqual(
      expect.objectContaining({ vendor_type: 'RETENTION', vendor_id: id, cron: '0 0 3 * * *' }),
    );
  });

  it('takes selectors without a kind for those of the kind there is', async () => {
    const rule = {
      ...RULE,
      tag_selectors: RULE.tag_selectors.map(({ kind: _, ...selector }) => selector),
      scope_selectors: { repository: RULE.scope_selectors.repository.map((selector) => ({ ...selector, kind: '' })) },
    };
    const id = await newPolicy(await newProject(), { rules: [rule] });
    expect(await (await get(`/retentions/${id}`)).json()).toMatchObject({ rules: [RULE] });
  });

  it('makes none where there is one, and none of a project that is not there', async () => {
    const projectId = await newProject();
    const id = await newPolicy(projectId);
    const again = await request('POST', '/retentions', asAdmin, policyOf(projectId));
    expect(await messageOf(again)).toEqual([400, `project ${projectId} already has retention policy ${id}`]);
    expect(await messageOf(await request('POST', '/retentions', asAdmin, policyOf(987_654)))).toEqual([
      400,
      'invalid Project id 987654',
    ]);
    expect((await request('POST', '/retentions', asDeveloper, policyOf(987_654))).status).toBe(403);
    expect((await request('POST', '/retentions', {}, policyOf(987_654))).status).toBe(401);
    expect(await messageOf(await request('POST', '/retentions', asAdmin, policyOf(0)))).toEqual([
      400,
      'invalid Project id 0',
    ]);
    const system = policyOf(projectId, { scope: { level: 'system', ref: 0 } });
    expect(await messageOf(await request('POST', '/retentions', asAdmin, system))).toEqual([
      400,
      'scope system is not support',
    ]);
  });

  it.each<[string, Record<string, unknown>, number, RegExp]>([
    [
      '16 rules',
      { rules: Array.from({ length: 16 }, (_, n) => ({ ...RULE, params: { latestPushedK: n + 1 } })) },
      400,
      /only 15 rules/,
    ],
    ['rules that are one', { rules: [RULE, { ...RULE, id: 2 }] }, 409, /^rule 1 is conflict with rule 0$/],
    ['another algorithm', { algorithm: 'and' }, 400, /algorithm and is not supported/],
    [
      'an unknown template',
      { rules: [{ ...RULE, template: 'newest' }] },
      400,
      /rule evaluator newest is not registered/,
    ],
    ['a count of 0', { rules: [{ ...RULE, params: { latestPushedK: 0 } }] }, 400, /latestPushedK is zero/],
    [
      'a negative count',
      { rules: [{ ...RULE, params: { latestPushedK: -3 } }] },
      400,
      /latestPushedK is less than zero/,
    ],
    ['a huge count', { rules: [{ ...RULE, params: { latestPushedK: 1e9 } }] }, 400, /latestPushedK is too large/],
    ['a count in words', { rules: [{ ...RULE, params: { latestPushedK: 'ten' } }] }, 400, /latestPushedK type error/],
    ['no count', { rules: [{ ...RULE, params: {} }] }, 400, /missing required parameter latestPushedK/],
    ['a cron of five fields', scheduled('0 3 * * *'), 400, /invalid cron string for scheduled tag retention/],
    ['a cron every second', scheduled('* * * * * *'), 400, /1st field/],
    ['a cron that is no text', scheduled(7), 400, /must be a string/],
    ['no trigger', { trigger: undefined }, 422, /trigger/],
    ['no scope', { scope: undefined }, 422, /scope/],
    ['rules that are no list', { rules: {} }, 422, /rules/],
  ])('refuses %s', async (_, more, status, message) => {
    const projectId = await newProject();
    const response = await request('POST', '/retentions', asAdmin, policyOf(projectId, more));
    expect(await messageOf(response)).toEqual([status, expect.stringMatching(message)]);
    expect(await retentionIdOf(projectId)).toBeUndefined();
  });

  it('is for developers and above', async () => {
    const projectId = await newProject();
    for (const [headers, status] of [
      [asGuest, 403],
      [asStranger, 403],
      [{}, 401],
    ] as const) {
      expect((await request('POST', '/retentions', headers, policyOf(projectId))).status).toBe(status);
    }
  });
});

describe('a policy', () => {
  it('is read, changed and deleted by those who may in its project', async () => {
    const projectId = await newProject();
    const id = await newPolicy(projectId);
    expect((await get(`/retentions/${id}`, asGuest)).status).toBe(403);
    expect((await get(`/retentions/${id}`, {})).status).toBe(401);
    expect((await request('PUT', `/retentions/${id}`, asGuest, policyOf(projectId))).status).toBe(403);
    expect((await request('DELETE', `/retentions/${id}`, asGuest)).status).toBe(403);
    const changed = policyOf(projectId, { ...scheduled('0 0 * * * *'), rules: [{ ...RULE, disabled: true }] });
    expect((await request('PUT', `/retentions/${id}`, asDeveloper, changed)).status).toBe(200);
    expect(await (await get(`/retentions/${id}`, asDeveloper)).json()).toMatchObject({
      rules: [{ disabled: true }],
      trigger: { settings: { cron: '0 0 * * * *' } },
    });
    expect((await request('PUT', `/retentions/${id}`, asDeveloper, policyOf(projectId))).status).toBe(200);
    const schedule = testEnv.DB.prepare(
      `select 1 from schedules where vendor_type = 'RETENTION' and vendor_id = ?`,
    ).bind(id);
    expect(await schedule.first()).toBeNull();
    expect((await request('DELETE', `/retentions/${id}`, asDeveloper)).status).toBe(200);
    expect(await retentionIdOf(projectId)).toBeUndefined();
    expect((await get(`/retentions/${id}`)).status).toBe(404);
    expect((await request('DELETE', `/retentions/${id}`)).status).toBe(404);
  });

  it('is not to be had under another project, nor changed to what is none', async () => {
    const [own, other] = [await newProject(), await newProject()];
    const id = await newPolicy(own);
    const message = `the retention policy id ${id} does not match`;
    expect(await messageOf(await request('PUT', `/retentions/${id}`, asAdmin, policyOf(other)))).toEqual([
      404,
      message,
    ]);
    expect((await request('PUT', `/retentions/${id}`, asAdmin, policyOf(own, { algorithm: '' }))).status).toBe(400);
    const conflict = policyOf(own, { rules: [RULE, RULE] });
    expect((await request('PUT', `/retentions/${id}`, asAdmin, conflict)).status).toBe(409);
  });

  it('is not hidden by deleting the key that names it', async () => {
    const projectId = await newProject();
    const id = await newPolicy(projectId);
    expect(await messageOf(await request('DELETE', `/projects/${projectId}/metadatas/retention_id`))).toEqual([
      400,
      'retention_id goes with its retention policy, which DELETE /retentions/{id} deletes',
    ]);
    expect(await retentionIdOf(projectId)).toBe(String(id));
    expect((await request('DELETE', `/retentions/${id}`)).status).toBe(200);
    await newPolicy(projectId);
  });

  it('that is not there is told of to administrators alone', async () => {
    expect(await messageOf(await get('/retentions/987654'))).toEqual([404, 'no such Retention policy with id 987654']);
    expect((await get('/retentions/987654', asDeveloper)).status).toBe(403);
    expect((await get('/retentions/none')).status).toBe(422);
  });

  it('goes with its project', async () => {
    const projectId = await newProject();
    const id = await newPolicy(projectId, scheduled('0 0 3 * * *'));
    expect((await request('DELETE', `/projects/${projectId}`)).status).toBe(200);
    const left = await testEnv.DB.prepare(
      `select (select count(*) from retention_policies where id = ?1)
         + (select count(*) from schedules where vendor_type = 'RETENTION' and vendor_id = ?1) as n`,
    )
      .bind(id)
      .first('n');
    expect(left).toBe(0);
  });
});

/** The operations on runs are the same for a project's policy and for the default one. */
describe.each(['a project', 'the system'])('runs of a policy of %s', (whose) => {
  const isDefault = whose === 'the system';
  const name = isDefault ? 'of-default' : 'app';
  let path = '';
  let repository = 0;
  let policyId = 0;

  beforeAll(async () => {
    const projectId = await newProject();
    repository = await addRepository(projectId, name, 5);
    if (isDefault) {
      const scope = [{ kind: 'doublestar', decoration: 'repoMatches', pattern: name }];
      const rules = [{ ...RULE, scope_selectors: { repository: scope } }];
      expect((await request('PUT', '/system/retention', asAdmin, policyOf(0, { rules }))).status).toBe(200);
      policyId = ((await (await get('/system/retention')).json()) as { id: number }).id;
      path = '/system/retention';
    } else {
      policyId = await newPolicy(projectId);
      path = `/retentions/${policyId}`;
    }
  });

  async function begin(isDryRun: boolean, headers: Headers = asAdmin): Promise<string> {
    const response = await request('POST', `${path}/executions`, headers, { dry_run: isDryRun });
    expect(response.status).toBe(201);
    const location = response.headers.get('location') ?? '';
    expect(location.startsWith(`/api/v2.0${path}/executions/`)).toBe(true);
    return location.slice('/api/v2.0'.length);
  }

  it('are begun, watched, and told of to the end', async () => {
    const dry = await begin(true, isDefault ? asAdmin : asDeveloper);
    const [pending] = (await (await get(`${path}/executions`)).json()) as Record<string, unknown>[];
    expect(pending).toMatchObject({ status: 'Running', dry_run: true, end_time: '0001-01-01T00:00:00.000Z' });
    await runDueJobs(harness);
    expect(await tagsOf(harness, repository)).toHaveLength(5);
    const wet = await begin(false);
    await runDueJobs(harness);
    expect(await tagsOf(harness, repository)).toEqual(['v4', 'v5']);
    const list = await get(`${path}/executions?page_size=1`);
    expect([list.headers.get('x-total-count'), list.headers.get('link')]).toEqual([
      '2',
      expect.stringContaining('rel="next"'),
    ]);
    expect(await list.json()).toEqual([
      {
        id: Number(wet.split('/').at(-1)),
        policy_id: policyId,
        start_time: expect.any(String),
        end_time: expect.any(String),
        status: 'Success',
        trigger: 'MANUAL',
        dry_run: false,
      },
    ]);
    for (const execution of [dry, wet]) {
      const tasks = await get(`${execution}/tasks`);
      expect(tasks.headers.get('x-total-count')).toBe('1');
      const [task, ...others] = (await tasks.json()) as Record<string, unknown>[];
      expect(others).toEqual([]);
      expect(task).toMatchObject({
        execution_id: Number(execution.split('/').at(-1)),
        repository: name,
        status: 'Success',
        status_code: 3,
        total: 5,
        retained: 2,
      });
      const log = await get(`${execution}/tasks/${task?.['id']}`);
      expect([log.status, log.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
      expect(await log.text()).toContain('5 artifacts: RETAIN 2, DEL 3, IMMUTABLE 0, ERR 0');
    }
  });

  it('are stopped', async () => {
    const execution = await begin(false);
    const [, ...deeds] = ['', 'pause', 'stop'];
    expect(await messageOf(await request('PATCH', execution, asAdmin, { action: deeds[0] }))).toEqual([
      400,
      "action should be 'stop'",
    ]);
    expect((await request('PATCH', execution, asAdmin, { action: deeds[1] })).status).toBe(200);
    await runDueJobs(harness);
    const [stopped] = (await (await get(`${path}/executions`)).json()) as { status: string }[];
    expect(stopped?.status).toBe('Stopped');
  });

  it('are none of who may not', async () => {
    const execution = await begin(true);
    await runDueJobs(harness);
    const [task] = (await (await get(`${execution}/tasks`)).json()) as { id: number }[];
    for (const [headers, status] of [
      [asGuest, 403],
      [asStranger, 403],
      [{}, 401],
    ] as const) {
      const answers = [
        await request('POST', `${path}/executions`, headers, { dry_run: true }),
        await get(`${path}/executions`, headers),
        await request('PATCH', execution, headers, { action: 'stop' }),
        await get(`${execution}/tasks`, headers),
        await get(`${execution}/tasks/${task?.id}`, headers),
      ];
      expect(answers.map((answer) => answer.status)).toEqual(Array(5).fill(status));
    }
  });

  it('of another policy are not found', async () => {
    const other = await newPolicy(await newProject());
    const execution = `/retentions/${other}/executions`;
    const own = (await begin(true)).split('/').at(-1);
    const ref = ((await (await get(`/retentions/${other}`)).json()) as { scope: { ref: number } }).scope.ref;
    const message = `project: ${ref}, execution id ${own} not found`;
    expect(await messageOf(await get(`${execution}/${own}/tasks`))).toEqual([404, message]);
    expect(await messageOf(await get(`${execution}/${own}/tasks/1`))).toEqual([404, message]);
    expect(await messageOf(await request('PATCH', `${execution}/${own}`, asAdmin, { action: 'stop' }))).toEqual([
      404,
      message,
    ]);
    expect((await get(`${path}/executions/${own}/tasks/987654`)).status).toBe(404);
    await runDueJobs(harness);
  });

  it('need a body, and numbers in their paths', async () => {
    expect((await request('POST', `${path}/executions`, asAdmin, { dry_run: 'yes' })).status).toBe(422);
    expect((await get(`${path}/executions?page_size=101`)).status).toBe(422);
    expect((await get(`${path}/executions/none/tasks`)).status).toBe(422);
    expect((await get(`${path}/executions/1/tasks/none`)).status).toBe(422);
    expect((await request('PATCH', `${path}/executions/none`, asAdmin, { action: 'stop' })).status).toBe(422);
  });

  it('are none of a policy that is gone', async () => {
    expect((await request('DELETE', path)).status).toBe(200);
    const answers = [
      await request('POST', `${path}/executions`, asAdmin, { dry_run: true }),
      await get(`${path}/executions`),
      await request('PATCH', `${path}/executions/1`, asAdmin, { action: 'stop' }),
      await get(`${path}/executions/1/tasks`),
      await get(`${path}/executions/1/tasks/1`),
      await get(path),
    ];
    expect(answers.map((answer) => answer.status)).toEqual(Array(6).fill(404));
  });
});

describe('the default policy', () => {
  it('is made and changed by administrators alone, and refused for what makes none', async () => {
    expect((await get('/system/retention')).status).toBe(404);
    expect((await request('DELETE', '/system/retention')).status).toBe(404);
    for (const [headers, status] of [
      [asDeveloper, 403],
      [{}, 401],
    ] as const) {
      expect((await get('/system/retention', headers)).status).toBe(status);
      expect((await request('PUT', '/system/retention', headers, policyOf(0))).status).toBe(status);
      expect((await request('DELETE', '/system/retention', headers)).status).toBe(status);
    }
    const { scope: _, ...policy } = policyOf(0, scheduled('0 30 2 * * *'));
    expect((await request('PUT', '/system/retention', asAdmin, { ...policy, algorithm: 'and' })).status).toBe(400);
    expect((await request('PUT', '/system/retention', asAdmin, { ...policy, rules: [RULE, RULE] })).status).toBe(409);
    expect((await request('PUT', '/system/retention', asAdmin, { ...policy, trigger: 'daily' })).status).toBe(422);
    expect((await request('PUT', '/system/retention', asAdmin, policy)).status).toBe(200);
    expect((await request('PUT', '/system/retention', asAdmin, { ...policy, rules: [] })).status).toBe(200);
    const read = await get('/system/retention');
    expect(await read.json()).toMatchObject({
      rules: [],
      scope: { level: 'system', ref: 0 },
      trigger: { kind: 'Schedule', settings: { cron: '0 30 2 * * *', next_scheduled_time: expect.any(String) } },
    });
    expect((await request('DELETE', '/system/retention')).status).toBe(200);
    expect((await get('/system/retention')).status).toBe(404);
  });
});
