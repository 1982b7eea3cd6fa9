import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DomainEvent } from '#domain/events/event';
import { signatureOf } from '#domain/webhooks/webhook-signature';
import { consume } from '#queues/consumer';
import { tick } from '#queues/tick';
import { createHarness, type Harness } from '#test/support/harness';
import { pushImage, randomImage } from '#test/support/images';
import type { Interceptor } from '#test/support/intercepted-bindings';
import { runDueJobs } from '#test/support/jobs';
import { asAdmin, errorOf, insertProject, testEnv } from '#test/support/server';

/** What came to a target, and what it was answered. */
interface Received {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

let received: Received[] = [];
let answer: (request: Received) => Response | Promise<Response> = () => new Response('ok');

vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
  const request = { url, headers: new Headers(init.headers), body: String(init.body) };
  received.push(request);
  return answer(request);
});
afterAll(() => {
  vi.unstubAllGlobals();
});

beforeEach(async () => {
  // What one test leaves half done is nobody's business in the next.
  for (const table of ['executions', 'webhook_policies', 'outbox'])
    await testEnv.DB.prepare(`delete from ${table}`).run();
  received = [];
  answer = () => new Response('ok');
});

/** A harness whose queues deliver nothing by themselves; events are remembered. */
function createQuiet(intercept: Interceptor = (_call, invoke) => invoke()) {
  const sent: DomainEvent[] = [];
  const harness = createHarness({}, async (call, invoke) => {
    if (call.binding === 'JOBS') return undefined;
    if (call.binding !== 'EVENTS') return intercept(call, invoke);
    if (call.method === 'sendBatch') sent.push(...(call.args[0] as { body: DomainEvent }[]).map(({ body }) => body));
    return undefined;
  });
  return { harness, sent };
}

async function deliver({ services }: Harness, bodies: readonly unknown[], queue = 'roadstead-events') {
  const messages = bodies.map((body) => ({ id: crypto.randomUUID(), timestamp: new Date(0), attempts: 1, body }));
  const batch = createMessageBatch(queue, messages);
  await consume(batch, services);
  return getQueueResult(batch, createExecutionContext());
}

let projects = 0;
const newProject = async (harness: Harness, isPublic = false) => {
  const name = `hooked-${++projects}`;
  return { name, id: await insertProject(harness, name, { isPublic }) };
};

const target = (more = {}) => ({ type: 'http', address: 'https://hooks.test/in?key=1', ...more });

type Policy = Readonly<Record<string, unknown>>;

async function sendPolicy(harness: Harness, method: 'POST' | 'PUT', path: string, more: Policy): Promise<Response> {
  const body = { name: 'ci', enabled: true, targets: [target()], event_types: ['PUSH_ARTIFACT'], ...more };
  const response = await harness.request(method, `/api/v2.0/projects/${path}`, {
    headers: { ...asAdmin, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error((await errorOf(response)).message);
  return response;
}

async function addPolicy(harness: Harness, project: string, more: Policy = {}) {
  const response = await sendPolicy(harness, 'POST', `${project}/webhook/policies`, more);
  return Number(response.headers.get('location')?.split('/').at(-1));
}

const changePolicy = (harness: Harness, project: string, policyId: number, more: Policy) =>
  sendPolicy(harness, 'PUT', `${project}/webhook/policies/${policyId}`, more);

const rowsOf = async (sql: string, ...bindings: unknown[]) =>
  (
    await testEnv.DB.prepare(sql)
      .bind(...bindings)
      .all()
  ).results;
const tagsTold = () =>
  received.map(
    ({ body }) => (JSON.parse(body) as { event_data: { resources: { tag: string }[] } }).event_data.resources[0]?.tag,
  );
/** Pushes a blob of 2 KiB. */
async function pushTooMuch(harness: Harness, repository: string): Promise<Response> {
  const body = crypto.getRandomValues(new Uint8Array(2_048));
  return harness.asAdmin('POST', `/v2/${repository}/blobs/uploads/?digest=sha256:${await sha256(body)}`, { body });
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

const INDEX = 'application/vnd.oci.image.index.v1+json';

const anyEvent = {
  kind: 'artifact-pushed',
  id: 'x',
  atMs: 1,
  actor: 'a',
  repository: 'a/b',
  repositoryId: 1,
  digest: 'd',
};

describe('a push into a project with a webhook', () => {
  it("is told in Harbor's format, with a name that a repeat carries again", async () => {
    const { harness, sent } = createQuiet();
    const { name } = await newProject(harness, true);
    await addPolicy(harness, name, {
      targets: [target({ auth_header: 'Bearer s3cret', secret: 'a signing secret of mine' })],
    });
    const image = randomImage();
    await pushImage(harness, `${name}/team/app`, image, 'v1');
    await deliver(harness, sent);
    // Messages may come twice, and late.
    await deliver(harness, sent);
    await runDueJobs(harness);
    expect(received).toHaveLength(1);
    const [{ url, headers, body }] = received as [Received];
    expect(url).toBe('https://hooks.test/in?key=1');
    expect(JSON.parse(body)).toEqual({
      type: 'PUSH_ARTIFACT',
      occur_at: expect.any(Number),
      operator: 'admin',
      event_data: {
        resources: [{ digest: image.digest, tag: 'v1', resource_url: `registry.test/${name}/team/app:v1` }],
        repository: {
          date_created: expect.any(Number),
          name: 'team/app',
          namespace: name,
          repo_full_name: `${name}/team/app`,
          repo_type: 'public',
        },
      },
    });
    const deliveryId = headers.get('x-roadstead-delivery') ?? '';
    expect(headers.get('authorization')).toBe('Bearer s3cret');
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-roadstead-event')).toBe('PUSH_ARTIFACT');
    const timestamp = Number(headers.get('x-roadstead-timestamp'));
    expect(headers.get('x-roadstead-signature')).toBe(
      signatureOf({ deliveryId, timestamp, body }, 'a signing secret of mine'),
    );
    const [task] = await rowsOf('select status, parameters from tasks where job_id = ?', deliveryId);
    expect(task).toMatchObject({ status: 'Success' });
    expect(String(task?.['parameters'])).not.toContain('s3cret');
    expect(String(task?.['parameters'])).not.toContain('signing secret');
  });

  it('is told as a CloudEvent, and in the words of Slack', async () => {
    const { harness, sent } = createQuiet();
    const { name, id } = await newProject(harness);
    const targets = [
      target({ payload_format: 'CloudEvents' }),
      { type: 'slack', address: 'slack.test/T1', auth_header: 'not for slack' },
    ];
    const policyId = await addPolicy(harness, name, { targets });
    const image = randomImage();
    await pushImage(harness, `${name}/app`, image, 'v1');
    await deliver(harness, sent);
    await runDueJobs(harness);
    const [cloud, slack] = received as [Received, Received];
    expect(cloud.headers.get('content-type')).toBe('application/cloudevents+json');
    expect(JSON.parse(cloud.body)).toEqual({
      specversion: '1.0',
      id: cloud.headers.get('x-roadstead-delivery'),
      source: `/projects/${id}/webhook/policies/${policyId}`,
      type: 'harbor.artifact.pushed',
      datacontenttype: 'application/json',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      data: expect.objectContaining({ repository: expect.objectContaining({ repo_type: 'private' }) }),
      operator: 'admin',
      requestid: sent.find((event) => event.kind === 'artifact-pushed')?.id,
    });
    expect(slack.url).toBe('http://slack.test/T1');
    expect(slack.headers.has('authorization')).toBe(false);
    const { blocks } = JSON.parse(slack.body) as { blocks: { text: { text: string } }[] };
    expect(blocks.map(({ text }) => text.text)).toEqual([
      '*Roadstead webhook events*',
      '*event_type:* PUSH_ARTIFACT',
      expect.stringMatching(/^\*occur_at:\* <!date\^\d+\^\{date\} at \{time\}\|.+>$/),
      '*operator:* admin',
      '*event_data:*',
      expect.stringContaining(image.digest),
    ]);
  });

  it('reaches policies that ask for it alone: enabled ones, of the project, of the type', async () => {
    const { harness, sent } = createQuiet();
    const [{ name }, other] = [await newProject(harness), await newProject(harness)];
    await addPolicy(harness, name, { name: 'off', enabled: false });
    await addPolicy(harness, name, { name: 'else', event_types: ['DELETE_ARTIFACT'] });
    await addPolicy(harness, other.name);
    const image = randomImage();
    await pushImage(harness, `${name}/app`, image, 'v1');
    await deliver(harness, sent);
    await runDueJobs(harness);
    expect(received).toHaveLength(0);
    expect(await rowsOf('select * from outbox')).toEqual([]);
    await harness.asAdmin('DELETE', `/v2/${name}/app/manifests/${image.digest}`);
    await deliver(harness, [anyEvent]);
    await runDueJobs(harness);
    expect(received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'DELETE_ARTIFACT', event_data: { resources: [{ tag: image.digest }] } },
    ]);
  });

  it('is told nobody while notification_enable is off', async () => {
    const { harness, sent } = createQuiet();
    const { name } = await newProject(harness);
    await addPolicy(harness, name);
    await harness.services.configuration.update(
      { notification_enable: false },
      { username: 'admin', sourceAddress: undefined },
    );
    await pushImage(harness, `${name}/app`, randomImage(), 'v1');
    await deliver(harness, sent);
    await harness.services.configuration.update(
      { notification_enable: true },
      { username: 'admin', sourceAddress: undefined },
    );
    await runDueJobs(harness);
    expect([received.length, await rowsOf('select * from outbox')]).toEqual([0, []]);
  });
});

describe('pulls', () => {
  it('are told as they were gathered, once however often their message comes', async () => {
    const { harness } = createQuiet();
    const { name, id } = await newProject(harness);
    const policyId = await addPolicy(harness, name, { event_types: ['PULL_ARTIFACT'] });
    const pull = { repository: `${name}/app`, repositoryId: 1, projectId: id, digest: 'sha256:1', atMs: 5_000 };
    const event = {
      kind: 'artifacts-pulled',
      id: crypto.randomUUID(),
      pulls: [
        { ...pull, tag: 'v1', count: 3, username: 'ada' },
        { ...pull, count: 1 },
        { ...pull, projectId: 987_654, count: 1 },
      ],
    };
    await deliver(harness, [event, event]);
    await deliver(harness, [event]);
    await runDueJobs(harness);
    expect(received.map(({ body }) => JSON.parse(body))).toMatchObject([
      {
        type: 'PULL_ARTIFACT',
        occur_at: 5,
        operator: 'ada',
        event_data: {
          resources: [{ tag: 'v1', resource_url: `registry.test/${name}/app:v1` }],
          custom_attributes: { pull_count: '3' },
        },
      },
      { operator: '', event_data: { resources: [{ resource_url: `registry.test/${name}/app@sha256:1` }] } },
    ]);
    expect(await rowsOf('select id from executions where vendor_id = ?', policyId)).toHaveLength(2);
  });
});

describe('other events', () => {
  it('of quotas are told: a refused push once a minute, a project near its limit once an hour', async () => {
    const { harness, sent } = createQuiet();
    const { name, id } = await newProject(harness);
    await addPolicy(harness, name, { event_types: ['QUOTA_EXCEED', 'QUOTA_WARNING'] });
    await pushImage(harness, `${name}/app`, randomImage(), 'v1');
    await deliver(harness, sent.splice(0));
    await runDueJobs(harness);
    expect(received).toHaveLength(0);
    await testEnv.DB.prepare('update quotas set hard_bytes = used_bytes + 1000 where project_id = ?').bind(id).run();
    harness.clock.advance(11_000);
    for (const _ of [1, 2]) expect((await pushTooMuch(harness, `${name}/app`)).status).toBe(403);
    await expect.poll(() => sent.filter(({ kind }) => kind === 'quota-exceeded')).toHaveLength(1);
    await deliver(harness, sent.splice(0));
    await runDueJobs(harness);
    expect(received.map(({ body }) => JSON.parse(body))).toMatchObject([
      {
        type: 'QUOTA_EXCEED',
        operator: 'admin',
        event_data: {
          repository: { repo_full_name: `${name}/app` },
          custom_attributes: { Details: expect.stringMatching(/^adding 2\.0 KiB of storage resource/) },
        },
      },
    ]);
    expect(received[0]?.body).not.toContain('resources');
    received = [];
    await testEnv.DB.prepare('update quotas set hard_bytes = used_bytes * 11 / 10 where project_id = ?').bind(id).run();
    for (const tag of ['w1', 'w2']) {
      await testEnv.DB.prepare('insert into outbox (event_id, body, due_at_ms) values (?, ?, 0)')
        .bind(tag, JSON.stringify({ ...anyEvent, id: tag, projectId: id, repository: `${name}/app`, tag }))
        .run();
    }
    await deliver(harness, [anyEvent]);
    await runDueJobs(harness);
    expect(received.map(({ body }) => JSON.parse(body))).toMatchObject([
      {
        type: 'QUOTA_WARNING',
        event_data: {
          resources: [{ tag: 'w1' }],
          custom_attributes: {
            Details: expect.stringMatching(/^quota usage reach 85%: resource storage used .+ of .+/),
          },
        },
      },
    ]);
  });

  it('of a quota name the artifact that was refused', async () => {
    const { harness, sent } = createQuiet();
    const { name, id } = await newProject(harness);
    await addPolicy(harness, name, { event_types: ['QUOTA_EXCEED'] });
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [] });
    const digest = `sha256:${await sha256(new TextEncoder().encode(manifest))}`;
    await testEnv.DB.prepare('update quotas set hard_bytes = 10 where project_id = ?').bind(id).run();
    for (const reference of ['v1', digest]) {
      const response = await harness.asAdmin('PUT', `/v2/${name}/app/manifests/${reference}`, {
        headers: { 'content-type': INDEX },
        body: manifest,
      });
      expect(response.status).toBe(403);
      harness.clock.advance(61_000);
      await expect.poll(() => sent.filter(({ kind }) => kind === 'quota-exceeded')).toHaveLength(1);
      await deliver(harness, sent.splice(0));
    }
    await runDueJobs(harness);
    expect(received.map(({ body }) => (JSON.parse(body) as { event_data: unknown }).event_data)).toEqual([
      expect.objectContaining({ resources: [{ digest, tag: 'v1' }] }),
      expect.objectContaining({ resources: [{ digest }] }),
    ]);
  });

  it('of retention and robots are told, and none of tags', async () => {
    const { harness } = createQuiet();
    const { name, id } = await newProject(harness);
    await addPolicy(harness, name, { event_types: ['TAG_RETENTION', 'ROBOT_EXPIRING', 'PUSH_ARTIFACT'] });
    const about = { atMs: 7_000, actor: 'admin', projectId: id };
    const events = [
      {
        ...about,
        kind: 'retention-finished',
        id: 'r',
        repository: `${name}/app`,
        repositoryId: 1,
        policyId: 4,
        executionId: 2,
        taskId: 3,
        total: 9,
        retained: 7,
        deletedCount: 2,
        deleted: [{ digest: 'sha256:1', tag: 'old' }, { digest: 'sha256:2' }],
      },
      { ...about, kind: 'robot-expiring', id: 'e', robotId: 5, robotName: `robot$${name}+ci`, expiresAtMs: 9_000 },
      { ...anyEvent, ...about, kind: 'tag-created', id: 't', tag: 'x' },
    ];
    for (const event of events) {
      await testEnv.DB.prepare('insert into outbox (event_id, body, due_at_ms) values (?, ?, 0)')
        .bind(event.id, JSON.stringify(event))
        .run();
    }
    await deliver(harness, [anyEvent]);
    await runDueJobs(harness);
    expect(received.map(({ body }) => JSON.parse(body))).toEqual([
      {
        type: 'TAG_RETENTION',
        occur_at: 7,
        operator: 'admin',
        event_data: {
          retention: {
            total: 9,
            retained: 7,
            harbor_hostname: 'registry.test',
            project_name: name,
            retention_policy_id: 4,
            result: 'SUCCESS',
            deleted_artifact: [
              { type: 'image', status: 'SUCCESS', name_tag: 'app:old' },
              { type: 'image', status: 'SUCCESS', name_tag: 'app@sha256:2' },
            ],
          },
        },
      },
      {
        type: 'ROBOT_EXPIRING',
        occur_at: 7,
        operator: 'admin',
        event_data: { robot: { id: 5, name: `robot$${name}+ci`, expires_at: 9 } },
      },
    ]);
    expect(await rowsOf('select * from outbox')).toEqual([]);
  });
});

describe('the order of a policy', () => {
  it('is that of the commits, though consumers overlap and messages come twice and in any order', async () => {
    const { harness, sent } = createQuiet();
    const { name } = await newProject(harness);
    await addPolicy(harness, name);
    const tags = Array.from({ length: 12 }, (_, index) => `v${index}`);
    for (const tag of tags) await pushImage(harness, `${name}/app`, randomImage(), tag);
    const shuffled = [...sent, ...sent].sort((a, b) => (a.id < b.id ? -1 : 1));
    await Promise.all(shuffled.map((event) => deliver(harness, [event])));
    // Several runners at once: one delivery is in flight, whoever asks.
    let inFlight = 0;
    let most = 0;
    answer = async () => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inFlight--;
      return new Response('ok');
    };
    await Promise.all([runDueJobs(harness), runDueJobs(harness), runDueJobs(harness)]);
    await runDueJobs(harness);
    expect([tagsTold(), most]).toEqual([tags, 1]);
  });

  it('holds while a delivery is tried again, and goes on when that is given up', async () => {
    const { harness, sent } = createQuiet();
    const { name } = await newProject(harness);
    await addPolicy(harness, name);
    for (const tag of ['v1', 'v2']) await pushImage(harness, `${name}/app`, randomImage(), tag);
    await deliver(harness, sent);
    answer = ({ body }) => new Response('out of order\nfor today', { status: body.includes(':v1') ? 500 : 200 });
    await runDueJobs(harness);
    expect(tagsTold()).toEqual(['v1']);
    for (const seconds of [10, 60, 180]) {
      harness.clock.advance(seconds * 1_000);
      await runDueJobs(harness);
    }
    expect(tagsTold()).toEqual(['v1', 'v1', 'v1', 'v1', 'v2']);
    // Each repeat is the same, but for the time it was signed at.
    expect(
      new Set(received.slice(0, 4).map(({ headers, body }) => headers.get('x-roadstead-delivery') + body)).size,
    ).toBe(1);
    const rows = await rowsOf(
      `select t.status, t.status_message, (select group_concat(text, '') from task_logs l where l.task_id = t.id) as log
       from tasks t where json_extract(parameters, '$.body') like ? order by t.id`,
      `%${name}/app:v%`,
    );
    expect(rows).toMatchObject([{ status: 'Error', status_message: 'the target answered 500' }, { status: 'Success' }]);
    expect(String(rows[0]?.['log'])).toMatch(/try 1\.\n.+Answered 500: out of order for today\n.+trying again in 10 s/);
    expect(String(rows[0]?.['log'])).toMatch(/try 4\.\n.+\n.+giving up/);
  });

  it('of one policy does not hold up another', async () => {
    const { harness, sent } = createQuiet();
    const { name } = await newProject(harness);
    await addPolicy(harness, name, { name: 'hangs', targets: [target({ address: 'https://hangs.test/' })] });
    await addPolicy(harness, name, { name: 'works' });
    for (const tag of ['v1', 'v2']) await pushImage(harness, `${name}/app`, randomImage(), tag);
    await deliver(harness, sent);
    answer = ({ url }) => {
      if (url.includes('hangs')) throw new DOMException('the target hangs', 'TimeoutError');
      return new Response('ok');
    };
    await runDueJobs(harness);
    expect(received.filter(({ url }) => url.includes('hooks.test'))).toHaveLength(2);
    expect(received.filter(({ url }) => url.includes('hangs'))).toHaveLength(1);
  });
});

/** The deliveries of a policy in their order, with their logs. */
const deliveriesOf = (policyId: number) =>
  rowsOf(
    `select t.status, t.failures, t.parameters ->> '$.address' as address,
       (select group_concat(text, '') from task_logs l where l.task_id = t.id) as log
     from tasks t join executions e on e.id = t.execution_id where e.vendor_id = ? order by t.id`,
    policyId,
  );

describe('a target that is down for long', () => {
  it('is told what is not a day old, as soon as it is back', async () => {
    const { harness, sent } = createQuiet();
    const { name } = await newProject(harness);
    const policyId = await addPolicy(harness, name);
    for (const tag of ['v1', 'v2', 'v3', 'v4']) {
      if (tag === 'v4') harness.clock.advance(60_000);
      await pushImage(harness, `${name}/app`, randomImage(), tag);
      await deliver(harness, sent.splice(0));
    }
    answer = () => new Response('', { status: 503 });
    await runDueJobs(harness);
    received = [];
    answer = () => new Response('ok');
    harness.clock.advance(24 * 60 * 60_000 - 30_000);
    await runDueJobs(harness);
    expect(tagsTold()).toEqual(['v4']);
    const old = {
      status: 'Error',
      log: expect.stringMatching(/Failed: it has waited longer than a day; giving up\.\n$/),
    };
    expect(await deliveriesOf(policyId)).toMatchObject([old, old, old, { status: 'Success' }]);
  });
});

describe('a policy that is changed', () => {
  const broken = 'https://hooks.test/mistyped';
  const tags = ['v1', 'v2', 'v3'];

  /** A policy with deliveries, of which the first has failed. */
  async function createBacklog(targets: readonly unknown[]) {
    const { harness, sent } = createQuiet();
    const { name } = await newProject(harness);
    const policyId = await addPolicy(harness, name, { targets });
    for (const tag of tags) await pushImage(harness, `${name}/app`, randomImage(), tag);
    await deliver(harness, sent);
    answer = ({ url }) => new Response('', { status: url === broken ? 404 : 200 });
    return { harness, policyId, change: (more: Policy) => changePolicy(harness, name, policyId, more) };
  }

  it('by disabling it ends what waits, and what is under way commits nothing', async () => {
    const { harness, policyId, change } = await createBacklog([target({ address: broken })]);
    answer = async () => {
      await change({ enabled: false, targets: [target({ address: broken })] });
      return new Response('ok');
    };
    await runDueJobs(harness);
    expect(received).toHaveLength(1);
    const ended = { status: 'Stopped', log: expect.stringMatching(/Z Stopped by admin: the policy was disabled\.\n$/) };
    expect(await deliveriesOf(policyId)).toMatchObject([ended, ended, ended]);
    expect(await rowsOf('select distinct status from executions where vendor_id = ?', policyId)).toEqual([
      { status: 'Stopped' },
    ]);
    harness.clock.advance(600_000);
    await runDueJobs(harness);
    expect(received).toHaveLength(1);
  });

  it('to another address sends there what waits, at once and in its order', async () => {
    const { harness, policyId, change } = await createBacklog([
      target({ address: broken, auth_header: 'old', secret: 'sixteen letters!' }),
      target({ address: 'https://other.test/' }),
    ]);
    await runDueJobs(harness);
    const [{ body }] = received as [Received];
    received = [];
    await change({
      targets: [
        target({ address: 'hooks.test/right', auth_header: 'new' }),
        target({ address: 'https://other.test/', secret: 'letters: sixteen' }),
      ],
    });
    await runDueJobs(harness);
    expect(received.map(({ url }) => url)).toEqual(
      tags.flatMap(() => ['http://hooks.test/right', 'https://other.test/']),
    );
    expect(tagsTold()).toEqual(tags.flatMap((tag) => [tag, tag]));
    expect(received[0]?.body).toBe(body);
    expect(received.map(({ headers }) => headers.get('authorization'))).toEqual(tags.flatMap(() => ['new', null]));
    expect(received.map(({ headers }) => headers.has('x-roadstead-signature'))).toEqual(
      tags.flatMap(() => [false, true]),
    );
    const [first] = await deliveriesOf(policyId);
    expect(first).toMatchObject({ status: 'Success', failures: 0, address: 'http://hooks.test/right' });
    expect(first?.['log']).toMatch(
      /trying again in 10 s\.\n.+Z admin has given the target another address\.\n.+try 1\./,
    );
  });

  it('while a delivery is under way sends that to the other address too', async () => {
    const { harness, policyId, change } = await createBacklog([target({ address: broken })]);
    answer = async ({ url }) => {
      if (url === broken) await change({ targets: [target()] });
      return new Response('ok');
    };
    await runDueJobs(harness);
    expect(received.map(({ url }) => url)).toEqual([broken, target().address, target().address, target().address]);
    expect(new Set((await deliveriesOf(policyId)).map(({ status }) => status))).toEqual(new Set(['Success']));
  });

  it.each([
    ['has a target less', [target()]],
    ['has two others for it', [target(), target({ address: 'https://a.test' }), target({ address: 'https://b.test' })]],
    ['has one of another type for it', [target(), { type: 'slack', address: 'https://slack.test' }]],
  ])('and %s ends what waits for that alone', async (_, targets) => {
    const { harness, policyId, change } = await createBacklog([target({ address: broken }), target()]);
    await runDueJobs(harness);
    expect(received.map(({ url }) => url)).toEqual([broken]);
    await change({ targets });
    await runDueJobs(harness);
    expect(received.map(({ url }) => url)).toEqual([broken, ...tags.map(() => target().address)]);
    const ended = {
      status: 'Stopped',
      log: expect.stringMatching(/Stopped by admin: the policy has this target no more/),
    };
    expect(await deliveriesOf(policyId)).toMatchObject(tags.flatMap(() => [ended, { status: 'Success' }]));
  });

  it('keeps the secrets of two targets at one address apart', async () => {
    const [one, two] = [target({ secret: 'sixteen letters!' }), target({ secret: 'letters: sixteen' })];
    const { harness, change } = await createBacklog([one, two]);
    await change({ name: 'new', targets: [target(), target()] });
    await runDueJobs(harness);
    const secrets = received.map(({ headers, body }) => {
      const deliveryId = headers.get('x-roadstead-delivery') ?? '';
      const signed = { deliveryId, timestamp: Number(headers.get('x-roadstead-timestamp')), body };
      const is = (secret: string) => headers.get('x-roadstead-signature') === signatureOf(signed, secret);
      return [one, two].findIndex((each) => is((each as { secret?: string }).secret ?? ''));
    });
    expect(secrets).toEqual(tags.flatMap(() => [0, 1]));
  });

  it('as events are consumed goes for what comes of these as well', async () => {
    let change: (() => Promise<unknown>) | undefined;
    const { harness, sent } = createQuiet(async ({ binding, method, args }, invoke) => {
      const isCommit = binding === 'DB' && method === 'batch' && (args[0] as unknown[]).length > 5;
      const once = isCommit ? change : undefined;
      if (once) change = undefined;
      await once?.();
      return invoke();
    });
    const { name } = await newProject(harness);
    const moved = await addPolicy(harness, name, { targets: [target({ address: broken })] });
    const deleted = await addPolicy(harness, name, { name: 'deleted' });
    await pushImage(harness, `${name}/app`, randomImage(), 'v1');
    harness.clock.advance(1);
    change = async () => {
      await changePolicy(harness, name, moved, {});
      await harness.request('DELETE', `/api/v2.0/projects/${name}/webhook/policies/${deleted}`, { headers: asAdmin });
    };
    await deliver(harness, sent);
    await runDueJobs(harness);
    expect(received.map(({ url }) => url)).toEqual([target().address]);
    expect([await deliveriesOf(deleted), await rowsOf('select * from outbox')]).toEqual([[], []]);
  });

  it('leaves the deliveries of other policies as they are', async () => {
    const { harness, sent } = createQuiet();
    const { name } = await newProject(harness);
    const [id, other] = [await addPolicy(harness, name), await addPolicy(harness, name, { name: 'other' })];
    await pushImage(harness, `${name}/app`, randomImage(), 'v1');
    await deliver(harness, sent);
    await changePolicy(harness, name, id, { enabled: false });
    expect(await deliveriesOf(id)).toMatchObject([{ status: 'Stopped' }]);
    expect(await deliveriesOf(other)).toMatchObject([{ status: 'Pending' }]);
  });
});

describe('a consumer that dies', () => {
  it('before its batch leaves the events to the next, and after it has done all there is', async () => {
    for (const isLost of [false, true]) {
      let armed = false;
      const { harness, sent } = createQuiet(async ({ binding, method, args }, invoke) => {
        const isCommit = binding === 'DB' && method === 'batch' && (args[0] as unknown[]).length > 5;
        if (!armed || !isCommit) return invoke();
        armed = false;
        if (isLost) await invoke();
        throw new Error('the consumer died');
      });
      const { name } = await newProject(harness);
      await addPolicy(harness, name);
      await pushImage(harness, `${name}/app`, randomImage(), 'v1');
      armed = true;
      await deliver(harness, sent).catch(() => undefined);
      received = [];
      await deliver(harness, sent);
      await runDueJobs(harness);
      expect([isLost, tagsTold()]).toEqual([isLost, ['v1']]);
    }
  });

  it('between the sending and its commit sends again, under the same name', async () => {
    let armed = false;
    const { harness, sent } = createQuiet(async ({ binding, method }, invoke) => {
      if (!armed || binding !== 'DB' || method !== 'batch' || received.length === 0) return invoke();
      throw new Error('the consumer died');
    });
    const { name } = await newProject(harness);
    await addPolicy(harness, name);
    await pushImage(harness, `${name}/app`, randomImage(), 'v1');
    await deliver(harness, sent);
    armed = true;
    await runDueJobs(harness).catch(() => undefined);
    armed = false;
    // The lease of the slice that died runs out; the tick finds it.
    for (let minute = 0; minute < 10 && received.length < 2; minute++) {
      harness.clock.advance(60_000);
      await tick(harness.services);
      await runDueJobs(harness);
    }
    const names = received.map(({ headers }) => headers.get('x-roadstead-delivery'));
    expect([names.length, new Set(names).size]).toEqual([2, 1]);
    expect(await rowsOf('select status from tasks where job_id = ?', names[0])).toEqual([{ status: 'Success' }]);
  });
});

describe('what cannot be delivered', () => {
  it('of an event nobody understands is kept for an operator, and holds up nothing', async () => {
    const { harness, sent } = createQuiet();
    const { name, id } = await newProject(harness);
    await addPolicy(harness, name);
    const poison = { kind: 'from-the-future', id: 'poison-1', projectId: id };
    for (const body of [JSON.stringify(poison), 'no json at all']) {
      await testEnv.DB.prepare('insert into outbox (event_id, body, due_at_ms) values (?, ?, 0)')
        .bind(body === 'no json at all' ? 'poison-2' : poison.id, body)
        .run();
    }
    await pushImage(harness, `${name}/app`, randomImage(), 'v1');
    await tick(harness.services);
    await deliver(harness, sent);
    await runDueJobs(harness);
    expect(tagsTold()).toEqual(['v1']);
    expect(await rowsOf(`select message_id from dead_letters where queue = 'outbox' order by 1`)).toEqual([
      { message_id: 'poison-1' },
      { message_id: 'poison-2' },
    ]);
    expect(await rowsOf('select * from outbox')).toEqual([]);
  });

  it('of a redirect, or to an address that is refused by now, says why', async () => {
    const { harness, sent } = createQuiet();
    const { name } = await newProject(harness);
    const policyId = await addPolicy(harness, name, {
      targets: [
        target(),
        target({ address: 'https://unreachable.test', skip_cert_verify: true }),
        target({ address: 'https://later.test' }),
      ],
    });
    await pushImage(harness, `${name}/app`, randomImage(), 'v1');
    await deliver(harness, sent);
    await testEnv.DB.prepare(
      `update tasks set parameters = json_set(parameters, '$.address', 'http://169.254.169.254/latest')
       where json_extract(parameters, '$.address') = 'https://later.test'`,
    ).run();
    answer = ({ url }) => {
      if (url.includes('unreachable')) throw new Error('certificate');
      return Response.redirect('https://elsewhere.test', 302);
    };
    for (let minute = 0; minute < 14; minute++) {
      await runDueJobs(harness);
      harness.clock.advance(60_000);
    }
    const rows = await rowsOf(
      'select t.status, t.status_message from tasks t join executions e on e.id = t.execution_id where e.vendor_id = ? order by t.id',
      policyId,
    );
    expect(rows).toEqual([
      {
        status: 'Error',
        status_message: 'the target answered 302: redirects are not followed, the policy must name the final address',
      },
      {
        status: 'Error',
        status_message:
          'the target cannot be reached; certificates are always checked here, and skip_cert_verify cannot change that',
      },
      {
        status: 'Error',
        status_message: 'the address of a target is on a private network, which a deployment does not reach',
      },
    ]);
    expect(received.every(({ url }) => !url.includes('elsewhere') && !url.includes('169.254'))).toBe(true);
  });
});

describe('events without any webhook', () => {
  it('cost no more than their rows', async () => {
    const { harness } = createQuiet();
    const { id } = await newProject(harness);
    const meters: D1Meta[] = [];
    const counting = createHarness({}, async ({ binding, method }, invoke) => {
      const result = await invoke();
      if (binding === 'DB' && method === 'batch') meters.push(...(result as D1Result[]).map(({ meta }) => meta));
      return result;
    });
    await testEnv.DB.batch(
      Array.from({ length: 100 }, (_, index) =>
        testEnv.DB.prepare('insert into outbox (event_id, body, due_at_ms) values (?, ?, 0)').bind(
          `e${index}`,
          JSON.stringify({ ...anyEvent, id: `e${index}`, projectId: id }),
        ),
      ),
    );
    await deliver(counting, [anyEvent]);
    expect(await rowsOf('select * from outbox')).toEqual([]);
    const total = (key: 'rows_read' | 'rows_written') => meters.reduce((sum, meta) => sum + meta[key], 0);
    expect(total('rows_written')).toBe(100);
    // Three reads each, as it costs to delete rows by a list of their keys, and the look at what is left.
    expect(total('rows_read')).toBeLessThanOrEqual(301);
  });
});
