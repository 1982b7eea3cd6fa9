import { beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#core/ids';
import { MAX_POLICIES_OF_PROJECT } from '#domain/webhooks/webhook-policy';
import { createHarness } from '#test/support/harness';
import { asAdmin, basic, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const harness = createHarness();
const embedded = createHarness({ PRIVATE_WEBHOOKS: 'on', EXTERNAL_URL: 'https://registry.example' });
const asMaintainer = basic('webhooks-maintainer', 'Passw0rd-webhooks');
type Headers = Readonly<Record<string, string>>;
let maintainerId = 0;
let projects = 0;

interface Project {
  readonly id: number;
  readonly path: string;
}

async function newProject(): Promise<Project> {
  const name = `webhooks-${++projects}`;
  const id = await insertProject(harness, name, { members: { [maintainerId]: 4 } });
  return { id, path: `/api/v2.0/projects/${name}/webhook` };
}

const send = (method: string, path: string, body?: unknown, headers: Headers = asAdmin, to = harness) =>
  to.request(method, path, {
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const read = async (path: string, headers: Headers = asAdmin) => {
  const response = await send('GET', path, undefined, headers);
  return { status: response.status, body: (await response.json()) as never, headers: response.headers };
};

const target = { type: 'http', address: 'https://hooks.test/in' };
const policy = (more: Readonly<Record<string, unknown>> = {}) => ({
  name: 'ci',
  description: 'tells CI',
  enabled: true,
  targets: [target],
  event_types: ['PUSH_ARTIFACT', 'DELETE_ARTIFACT'],
  ...more,
});

async function create({ path }: Project, more: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const response = await send('POST', `${path}/policies`, policy(more));
  expect([response.status, response.headers.get('location')]).toEqual([201, expect.stringMatching(/\/policies\/\d+$/)]);
  return Number(response.headers.get('location')?.split('/').at(-1));
}

const problemOf = async (response: Response) => {
  const { code, message } = await errorOf(response);
  return [response.status, code, message];
};

beforeAll(async () => {
  maintainerId = await insertUser(harness, 'webhooks-maintainer', 'Passw0rd-webhooks');
});

describe('a webhook policy', () => {
  it('is made, read and listed as in Harbor', async () => {
    const project = await newProject();
    const targets = [
      {
        ...target,
        auth_header: 'Bearer abc',
        payload_format: 'CloudEvents',
        skip_cert_verify: true,
        secret: 'sixteen letters!',
      },
      { type: 'slack', address: 'hooks.slack.test/T1?x=1' },
    ];
    const id = await create(project, { targets, event_types: ['PUSH_ARTIFACT', 'PUSH_ARTIFACT', 'REPLICATION'] });
    const expected = {
      id,
      name: 'ci',
      description: 'tells CI',
      project_id: project.id,
      creator: 'admin',
      enabled: true,
      event_types: ['PUSH_ARTIFACT', 'REPLICATION'],
      targets: [
        {
          type: 'http',
          address: 'https://hooks.test/in',
          auth_header: 'Bearer abc',
          payload_format: 'CloudEvents',
          skip_cert_verify: true,
          is_signed: true,
        },
        // As it was given: tools that describe policies would else find it changed.
        { type: 'slack', address: 'hooks.slack.test/T1?x=1', skip_cert_verify: false, is_signed: false },
      ],
      creation_time: expect.any(String),
      update_time: expect.any(String),
    };
    expect((await read(`${project.path}/policies/${id}`, asMaintainer)).body).toEqual(expected);
    const list = await read(`${project.path}/policies`);
    expect([list.body, list.headers.get('x-total-count')]).toEqual([[expected], '1']);
    const row = await testEnv.DB.prepare('select targets from webhook_policies where id = ?').bind(id).first('targets');
    expect(row).not.toMatch(/abc|sixteen/);
  });

  it('is listed newest first, sorted and filtered', async () => {
    const project = await newProject();
    for (const name of ['b', 'a', 'c']) {
      await create(project, { name, enabled: name !== 'a' });
      harness.clock.advance(1_000);
    }
    const names = async (query: string) =>
      ((await read(`${project.path}/policies?${query}`)).body as { name: string }[]).map(({ name }) => name);
    expect(await names('')).toEqual(['c', 'a', 'b']);
    expect(await names('sort=name')).toEqual(['a', 'b', 'c']);
    expect(await names('q=enabled=true')).toEqual(['c', 'b']);
    expect(await names('q=name=~A')).toEqual(['a']);
    expect(await names('page=2&page_size=2')).toEqual(['b']);
    expect((await read(`${project.path}/policies?q=targets=x`)).status).toBe(400);
  });

  it('is replaced; a secret that is left out stays where it was given for', async () => {
    const project = await newProject();
    const id = await create(project, { targets: [{ ...target, secret: 'sixteen letters!', auth_header: 'x' }] });
    const address = `${project.path}/policies/${id}`;
    const isSigned = async (targets: readonly unknown[]) => {
      expect(
        (await send('PUT', address, policy({ name: 'new', targets, event_types: ['PULL_ARTIFACT'] }))).status,
      ).toBe(200);
      return ((await read(address)).body as { targets: { is_signed: boolean }[] }).targets.map(
        (each) => each.is_signed,
      );
    };
    expect(await isSigned([target, { ...target, address: 'https://other.test' }])).toEqual([true, false]);
    expect((await read(address)).body).toMatchObject({
      name: 'new',
      event_types: ['PULL_ARTIFACT'],
      targets: [{ type: 'http' }, {}],
    });
    // What Harbor keeps in the clear is replaced as in Harbor.
    expect((await read(address)).body).not.toMatchObject({ targets: [{ auth_header: 'x' }, {}] });
    expect(await isSigned([{ ...target, secret: '' }])).toEqual([false]);
    // Of two targets at one address each keeps its own.
    expect(await isSigned([target, { ...target, secret: 'sixteen letters!' }])).toEqual([false, true]);
    expect(await isSigned([target, target])).toEqual([false, true]);
    // However an address is written, it is the same.
    const plain = { ...target, address: 'hooks.test/in' };
    expect(await isSigned([{ ...plain, secret: 'sixteen letters!' }])).toEqual([true]);
    expect(await isSigned([{ ...plain, address: 'http://hooks.test/in#part' }])).toEqual([true]);
  });

  it('is deleted with its deliveries', async () => {
    const project = await newProject();
    const id = await create(project);
    await insertExecution(id, {});
    expect((await send('DELETE', `${project.path}/policies/${id}`)).status).toBe(200);
    expect((await read(`${project.path}/policies/${id}`)).status).toBe(404);
    expect((await send('DELETE', `${project.path}/policies/${id}`)).status).toBe(404);
    expect(await testEnv.DB.prepare('select count(*) n from executions where vendor_id = ?').bind(id).first('n')).toBe(
      0,
    );
  });

  it('goes with its project', async () => {
    const project = await newProject();
    const id = await create(project);
    await insertExecution(id, {});
    expect((await send('DELETE', project.path.replace(/\/webhook$/, ''))).status).toBe(200);
    for (const table of ['webhook_policies where id', 'executions where vendor_id']) {
      expect(await testEnv.DB.prepare(`select count(*) n from ${table} = ?`).bind(id).first('n')).toBe(0);
    }
  });

  it.each([
    ['no event', { event_types: [] }, 'empty event type'],
    ['an unknown event', { event_types: ['CREATE_TAG'] }, 'unsupported event type CREATE_TAG'],
    ['no target', { targets: null }, 'empty notification target with policy ci'],
    [
      'too many targets',
      { targets: Array.from({ length: 11 }, () => target) },
      'a webhook policy has at most 10 targets',
    ],
    ['another type', { targets: [{ ...target, type: 'mail' }] }, 'unsupported target type mail with policy ci'],
    [
      'a format for slack',
      { targets: [{ ...target, type: 'slack', payload_format: 'Default' }] },
      'set payload format is not allowed for slack',
    ],
    ['another format', { targets: [{ ...target, payload_format: 'XML' }] }, 'unsupported payload format type: XML'],
    ['no address', { targets: [{ type: 'http' }] }, 'the address of a target cannot be empty'],
    ['another scheme', { targets: [{ ...target, address: 'ftp://hooks.test' }] }, 'invalid scheme: ftp'],
    [
      'a private address',
      { targets: [{ ...target, address: 'http://0x7f.1' }] },
      'the address of a target is on a private network, which a deployment does not reach',
    ],
    [
      'a private address without a scheme',
      { targets: [{ ...target, address: ' 10.0.0.7:8080/in' }] },
      'the address of a target is on a private network, which a deployment does not reach',
    ],
    [
      'the registry itself',
      { targets: [{ ...target, address: 'http://registry.test/api' }] },
      'the address of a target is the registry itself',
    ],
    [
      'a header that cannot be sent',
      { targets: [{ ...target, auth_header: 'a\r\nb: c' }] },
      'auth_header holds characters that cannot be sent',
    ],
    ['a short secret', { targets: [{ ...target, secret: 'short' }] }, 'secret has 16 to 256 characters'],
    ['no name', { name: '' }, 'the name of a webhook policy cannot be empty'],
    ['a long name', { name: 'a'.repeat(257) }, 'the name of a webhook policy has at most 256 characters'],
    ['a control character', { name: 'a\n' }, 'the name of a webhook policy holds a control character'],
    [
      'a long description',
      { description: 'a'.repeat(1_025) },
      'the description of a webhook policy has at most 1024 characters',
    ],
  ])('is refused with %s', async (_, more, message) => {
    const project = await newProject();
    expect(await problemOf(await send('POST', `${project.path}/policies`, policy(more)))).toEqual([
      400,
      'BAD_REQUEST',
      message,
    ]);
  });

  it('has a name of its own in its project, and there are fifty at most', async () => {
    const project = await newProject();
    const id = await create(project);
    const other = await create(project, { name: 'other' });
    const taken = [409, 'CONFLICT', 'notification policy named ci already exists'];
    expect(await problemOf(await send('POST', `${project.path}/policies`, policy()))).toEqual(taken);
    expect(await problemOf(await send('PUT', `${project.path}/policies/${other}`, policy()))).toEqual(taken);
    await testEnv.DB.prepare(
      `insert into webhook_policies (project_id, name, targets, event_types, creator, created_at_ms, updated_at_ms)
       select project_id, 'copy-' || value, targets, event_types, creator, 0, 0 from webhook_policies w, json_each(?) where w.id = ?`,
    )
      .bind(JSON.stringify(Array.from({ length: MAX_POLICIES_OF_PROJECT - 2 }, (_, index) => index)), id)
      .run();
    expect((await send('POST', `${project.path}/policies`, policy({ name: 'one more' }))).status).toBe(412);
  });

  it('is not found in another project', async () => {
    const [project, other] = [await newProject(), await newProject()];
    const id = await create(project);
    const message = `project id:${other.id}, webhook policy id: ${id} not found`;
    for (const [method, path] of [
      ['GET', `policies/${id}`],
      ['PUT', `policies/${id}`],
      ['DELETE', `policies/${id}`],
      ['GET', `policies/${id}/executions`],
      ['GET', `jobs?policy_id=${id}`],
    ] as const) {
      const response = await send(method, `${other.path}/${path}`, method === 'PUT' ? policy() : undefined);
      expect(await problemOf(response)).toEqual([404, 'NOT_FOUND', message]);
    }
  });

  it('may go to private networks where the deployment says so, never to the registry', async () => {
    const project = await newProject();
    const post = (address: string) =>
      send(
        'POST',
        `${project.path}/policies`,
        policy({ name: address, targets: [{ ...target, address }] }),
        asAdmin,
        embedded,
      );
    expect((await post('http://10.0.0.7:8080/in')).status).toBe(201);
    for (const own of ['https://registry.example/v2/', 'http://registry.test']) {
      expect(await problemOf(await post(own))).toEqual([
        400,
        'BAD_REQUEST',
        'the address of a target is the registry itself',
      ]);
    }
  });
});

describe('a delivery that comes back', () => {
  it('is refused, whatever it asks for', async () => {
    for (const path of ['/api/v2.0/projects', '/v2/', '/service/token']) {
      const response = await send('POST', path, {}, { 'x-roadstead-delivery': newId() });
      expect(await problemOf(response)).toEqual([
        400,
        'BAD_REQUEST',
        'a webhook cannot be delivered to the registry itself',
      ]);
    }
  });
});

describe('what webhooks can be', () => {
  it('is told', async () => {
    const { path } = await newProject();
    const { status, body } = await read(`${path}/events`, asMaintainer);
    expect([status, body]).toEqual([
      200,
      {
        event_type: [
          'PUSH_ARTIFACT',
          'PULL_ARTIFACT',
          'DELETE_ARTIFACT',
          'QUOTA_EXCEED',
          'QUOTA_WARNING',
          'SCANNING_FAILED',
          'SCANNING_STOPPED',
          'SCANNING_COMPLETED',
          'REPLICATION',
          'TAG_RETENTION',
          'ROBOT_EXPIRING',
        ],
        notify_type: ['http', 'slack'],
        payload_formats: [{ notify_type: 'http', formats: ['Default', 'CloudEvents'] }],
      },
    ]);
  });
});

describe('webhooks of a project that is not there', () => {
  it('are not found', async () => {
    for (const path of ['events', 'lasttrigger', 'policies', 'jobs?policy_id=1']) {
      expect((await read(`/api/v2.0/projects/987654/webhook/${path}`)).status).toBe(404);
    }
  });
});

interface Made {
  readonly executionId: number;
  readonly taskId: number;
}

/** A delivery as it is kept. */
async function insertExecution(
  policyId: number,
  { vendor = 'WEBHOOK', status = 'Success', type = 'PUSH_ARTIFACT', atMs = 1_000 },
): Promise<Made> {
  const executionId = await testEnv.DB.prepare(
    `insert into executions (vendor_type, vendor_id, trigger, operator, launch_key, status, parameters, started_at_ms, updated_at_ms)
     values (?, ?, 'EVENT', 'ada', ?, 'Running', ?, ?, ?) returning id`,
  )
    .bind(vendor, policyId, newId(), JSON.stringify({ event_type: type, payload: '{"a":1}' }), atMs, atMs)
    .first<number>('id');
  const taskId = await testEnv.DB.prepare(
    `insert into tasks (execution_id, vendor_type, job_id, status, parameters, results, failures, created_at_ms, started_at_ms,
       updated_at_ms, due_at_ms) values (?, ?, ?, 'Running', '{"sealedAuthHeader":"v1.x"}', '{"status":200,"tries":2}', 1, ?, ?, ?, 1)
     returning id`,
  )
    .bind(executionId, vendor, newId(), atMs, atMs, atMs)
    .first<number>('id');
  await testEnv.DB.prepare(
    'update tasks set status = ?, due_at_ms = null, ended_at_ms = ?, updated_at_ms = ? where id = ?',
  )
    .bind(status, atMs + 500, atMs + 500, taskId)
    .run();
  await testEnv.DB.prepare(`insert into task_logs values (?, 1, 'Sending\n', 0), (?, 2, 'Answered 200\n', 0)`)
    .bind(taskId, taskId)
    .run();
  return { executionId: executionId ?? 0, taskId: taskId ?? 0 };
}

describe('deliveries', () => {
  it('are executions with tasks and logs, as in Harbor', async () => {
    const project = await newProject();
    const id = await create(project);
    const { executionId, taskId } = await insertExecution(id, {});
    const executions = `${project.path}/policies/${id}/executions`;
    const listed = await read(executions, asMaintainer);
    expect(listed.body).toEqual([
      {
        id: executionId,
        vendor_type: 'WEBHOOK',
        vendor_id: id,
        status: 'Success',
        metrics: { task_count: 1, success_task_count: 1 },
        trigger: 'EVENT',
        extra_attrs: { event_type: 'PUSH_ARTIFACT', payload: '{"a":1}' },
        start_time: '1970-01-01T00:00:01.000Z',
        end_time: '1970-01-01T00:00:01.500Z',
      },
    ]);
    const tasks = await read(`${executions}/${executionId}/tasks`, asMaintainer);
    expect(tasks.body).toEqual([
      {
        id: taskId,
        execution_id: executionId,
        status: 'Success',
        run_count: 2,
        extra_attrs: { status: 200, tries: 2 },
        creation_time: '1970-01-01T00:00:01.000Z',
        start_time: '1970-01-01T00:00:01.000Z',
        update_time: '1970-01-01T00:00:01.500Z',
        end_time: '1970-01-01T00:00:01.500Z',
      },
    ]);
    const log = await send('GET', `${executions}/${executionId}/tasks/${taskId}/log`, undefined, asMaintainer);
    expect([log.status, log.headers.get('content-type'), await log.text()]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'Sending\nAnswered 200\n',
    ]);
  });

  it('are listed page by page, filtered by status, and as jobs of before', async () => {
    const project = await newProject();
    const id = await create(project);
    const made = [
      await insertExecution(id, {}),
      await insertExecution(id, { vendor: 'SLACK', status: 'Error' }),
      await insertExecution(id, { status: 'Stopped' }),
    ].map(({ executionId }) => executionId);
    const ids = async (path: string) => {
      const { body, headers } = await read(`${project.path}/${path}`);
      return [(body as { id: number }[]).map((each) => each.id), headers.get('x-total-count')];
    };
    const executions = `policies/${id}/executions`;
    expect(await ids(executions)).toEqual([[...made].reverse(), '3']);
    expect(await ids(`${executions}?sort=id&page_size=2`)).toEqual([made.slice(0, 2), '3']);
    expect(await ids(`${executions}?q=status=Error`)).toEqual([[made[1]], '1']);
    expect(await ids(`${executions}/${made[0]}/tasks?q=status=Error`)).toEqual([[], '0']);
    expect(await ids(`jobs?policy_id=${id}&status=Error,Stopped`)).toEqual([[made[2], made[1]], '2']);
    expect((await read(`${project.path}/jobs?policy_id=${id}&status=Error`)).body).toMatchObject([
      { policy_id: id, event_type: 'PUSH_ARTIFACT', notify_type: 'slack', status: 'Error', job_detail: '{"a":1}' },
    ]);
    for (const path of [
      `${executions}?q=operator=x`,
      `${executions}/${made[0]}/tasks?q=x=y`,
      `jobs?policy_id=${id}&q=x=y`,
    ]) {
      expect((await read(`${project.path}/${path}`)).status).toBe(400);
    }
    expect((await read(`${project.path}/jobs`)).status).toBe(422);
  });

  it('of another policy, or of an execution that is not theirs, are not found', async () => {
    const project = await newProject();
    const [id, other] = [await create(project), await create(project, { name: 'other' })];
    const [mine, theirs] = [await insertExecution(id, {}), await insertExecution(other, {})];
    const executions = `${project.path}/policies/${id}/executions`;
    for (const path of [
      `${theirs.executionId}/tasks`,
      `${theirs.executionId}/tasks/${theirs.taskId}/log`,
      `${mine.executionId}/tasks/${theirs.taskId}/log`,
    ]) {
      expect((await read(`${executions}/${path}`)).status).toBe(404);
    }
  });

  it('tell when a policy last told of each of its events', async () => {
    const project = await newProject();
    const id = await create(project);
    for (const atMs of [5_000, 3_000]) await insertExecution(id, { atMs });
    expect((await read(`${project.path}/lasttrigger`, asMaintainer)).body).toEqual([
      {
        policy_name: 'ci',
        event_type: 'PUSH_ARTIFACT',
        enabled: true,
        creation_time: expect.any(String),
        last_trigger_time: '1970-01-01T00:00:05.000Z',
      },
      expect.objectContaining({ event_type: 'DELETE_ARTIFACT', last_trigger_time: '0001-01-01T00:00:00.000Z' }),
    ]);
  });
});
