import { beforeEach, describe, expect, it } from 'vitest';
import { D1TaskStore } from '#adapters/d1/task-store';
import { type LaunchRequest, newLaunch } from '#domain/jobs/launch';
import { createHarness } from '#test/support/harness';
import { createJobHarness } from '#test/support/jobs';
import { asAdmin, basic, errorOf, insertUser, testEnv } from '#test/support/server';

const API = '/api/v2.0/jobservice';
const harness = createJobHarness();
const { services, clock } = harness;
const tasks = new D1TaskStore({ db: testEnv.DB });

const get = (path: string, headers: Record<string, string> = asAdmin) =>
  harness.request('GET', API + path, { headers });
const put = (path: string, body?: unknown, headers: Record<string, string> = asAdmin) =>
  harness.request('PUT', API + path, {
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
const act = (jobType: string, action: string) => put(`/queues/${jobType}`, { action });
const read = async <T>(path: string) => (await (await get(path)).json()) as T;

interface Queue {
  readonly job_type: string;
  readonly count: number;
  readonly latency: number;
  readonly paused: boolean;
}
const queue = async (jobType: string) =>
  (await read<Queue[]>('/queues')).find(({ job_type: name }) => name === jobType);

let vendorId = 0;
async function launch(more: Partial<LaunchRequest> = {}) {
  const executionId = await services.jobs.launch(
    newLaunch({
      vendorType: 'RETENTION',
      vendorId: ++vendorId,
      trigger: 'MANUAL',
      operator: 'admin',
      parameters: {},
      nowMs: clock.nowMs(),
      ...more,
    }),
  );
  return services.jobs.getFirstTask(executionId);
}

async function running(more: Partial<LaunchRequest> = {}) {
  const { id } = await launch(more);
  const task = await tasks.claim({ taskId: id }, clock.nowMs());
  if (!task) throw new Error('the task does not run');
  return task;
}

const statusOf = (id: number) =>
  testEnv.DB.prepare('select status from tasks where id = ?').bind(id).first<string>('status');
const lastEntry = () =>
  testEnv.DB.prepare('select operation, resource_type, resource, username from audit_log order by id desc').first();

let outsider: Record<string, string>;
beforeEach(async () => {
  outsider ??= basic(`jobs-outsider`, 'Passw0rd-jobs');
  await testEnv.DB.batch([
    testEnv.DB.prepare('delete from executions'),
    testEnv.DB.prepare('delete from schedules'),
    testEnv.DB.prepare('delete from paused_queues'),
  ]);
  await insertUser(harness, 'jobs-outsider', 'Passw0rd-jobs').catch(() => 0);
});

describe('GET /api/v2.0/jobservice/pools', () => {
  it('shows one pool, as wide as the queue hands out messages', async () => {
    expect(await read('/pools')).toEqual([
      {
        worker_pool_id: 'roadstead',
        start_at: expect.stringMatching(/^2.*Z$/),
        heartbeat_at: expect.stringMatching(/^2.*Z$/),
        concurrency: 10,
      },
    ]);
  });

  it('answers 401 to nobody and 403 to who is no administrator', async () => {
    for (const path of ['/pools', '/pools/all/workers', '/queues', '/jobs/any/log']) {
      expect([path, (await get(path, {})).status]).toEqual([path, 401]);
      expect([path, (await get(path, outsider)).status]).toEqual([path, 403]);
    }
  });
});

describe('GET /api/v2.0/jobservice/pools/{pool_id}/workers', () => {
  it('shows what runs, and not what waits', async () => {
    await launch();
    const task = await running({ vendorType: 'WEBHOOK' });
    const worker = {
      id: String(task.id),
      pool_id: 'roadstead',
      job_name: 'WEBHOOK',
      job_id: task.jobId,
      start_at: new Date(task.startedAtMs ?? 0).toISOString(),
      checkin_at: new Date(task.updatedAtMs).toISOString(),
    };
    for (const pool of ['all', 'ALL', 'roadstead']) expect(await read(`/pools/${pool}/workers`)).toEqual([worker]);
    expect(await read('/pools/other/workers')).toEqual([]);
  });
});

describe('PUT /api/v2.0/jobservice/jobs/{job_id}', () => {
  it('ends a job, and with it its run', async () => {
    const task = await running();
    const other = await running();
    expect((await put(`/jobs/${task.jobId}`)).status).toBe(200);
    expect(await statusOf(task.id)).toBe('Stopped');
    expect(await statusOf(other.id)).toBe('Running');
    expect(await lastEntry()).toEqual({
      operation: 'stop',
      resource_type: 'job',
      resource: task.jobId,
      username: 'admin',
    });
    expect(await (await get(`/jobs/${task.jobId}/log`)).text()).toMatch(/^\S+Z Stopped by admin\.\n$/);
  });

  it('has nothing to say of a job that has ended, or never was', async () => {
    const task = await running();
    await put(`/jobs/${task.jobId}`);
    await testEnv.DB.prepare('delete from audit_log').run();
    for (const jobId of [task.jobId, 'none']) expect((await put(`/jobs/${jobId}`)).status).toBe(200);
    expect(await lastEntry()).toBeNull();
  });

  it('ends all that run, however many, and nothing that waits', async () => {
    const waiting = await launch();
    const many = await Promise.all(Array.from({ length: 12 }, () => running({ vendorType: 'WEBHOOK' })));
    await put('/jobs/ALL');
    expect(await statusOf(waiting.id)).toBe('Pending');
    for (const { id } of many) expect(await statusOf(id)).toBe('Stopped');
    expect(await lastEntry()).toMatchObject({ operation: 'stop', resource_type: 'job', resource: 'all' });
  });

  it('answers 401 to nobody and 403 to who is no administrator', async () => {
    expect((await put('/jobs/all', undefined, {})).status).toBe(401);
    expect((await put('/jobs/all', undefined, outsider)).status).toBe(403);
  });
});

describe('GET /api/v2.0/jobservice/jobs/{job_id}/log', () => {
  it('answers the log as text, however long', async () => {
    const { id, jobId } = await running();
    const piece = `${'x'.repeat(60_000)}\n`;
    for (let position = 1; position <= 40; position++) {
      await testEnv.DB.prepare('insert into task_logs values (?, ?, ?, 0)')
        .bind(id, position, `${position} ${piece}`)
        .run();
    }
    const response = await get(`/jobs/${jobId}/log`);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(Array.from({ length: 40 }, (_, index) => `${index + 1}`));
  });

  it('is read no further than the client reads', async () => {
    const { id, jobId } = await running();
    for (let position = 1; position <= 40; position++) {
      await testEnv.DB.prepare('insert into task_logs values (?, ?, ?, 0)').bind(id, position, 'x').run();
    }
    const { body } = await get(`/jobs/${jobId}/log`);
    const reader = body?.getReader();
    expect((await reader?.read())?.value).toHaveLength(1);
    await expect(reader?.cancel()).resolves.toBeUndefined();
  });

  it('is empty before the first slice, and 404 without such a job', async () => {
    const { jobId } = await launch();
    const response = await get(`/jobs/${jobId}/log`);
    expect([response.status, await response.text()]).toEqual([200, '']);
    const missing = await get('/jobs/none/log');
    expect(missing.status).toBe(404);
    expect(await errorOf(missing)).toMatchObject({ code: 'NOT_FOUND', message: 'job none not found' });
  });
});

describe('GET /api/v2.0/jobservice/queues', () => {
  it('counts what waits, and tells for how long, by type', async () => {
    await launch();
    clock.advance(90_000);
    await launch();
    await running();
    const queues = await read<Queue[]>('/queues');
    expect(queues.map(({ job_type: name }) => name)).toEqual([
      'GARBAGE_COLLECTION',
      'STORAGE_COMPARISON',
      'RETENTION',
      'PURGE_AUDIT_LOG',
      'WEBHOOK',
      'SLACK',
      'SCHEDULER',
    ]);
    const { latency, ...retention } = queues[2] as Queue;
    expect(retention).toEqual({ job_type: 'RETENTION', count: 2, paused: false });
    expect(latency).toBeGreaterThanOrEqual(90);
    expect(latency).toBeLessThan(150);
    expect(queues[4]).toEqual({ job_type: 'WEBHOOK', count: 0, latency: 0, paused: false });
  });

  it('counts what waits for another try', async () => {
    const task = await running();
    const nowMs = clock.nowMs();
    await tasks.fail({ task: { ...task, failures: 1 }, message: 'x', log: '', retryAtMs: nowMs + 60_000, nowMs });
    expect(await queue('RETENTION')).toMatchObject({ count: 1 });
  });

  it('counts schedules that are due', async () => {
    await testEnv.DB.prepare(
      `insert into schedules (vendor_type, vendor_id, cron_type, cron, parameters, operator, due_at_ms, created_at_ms, updated_at_ms)
         values ('RETENTION', 1, 'Daily', '0 0 0 * * *', '{}', 'admin', ?, 0, 0)`,
    )
      .bind(clock.nowMs() - 5_000)
      .run();
    expect(await queue('SCHEDULER')).toMatchObject({ count: 1, latency: expect.any(Number) });
    expect((await queue('SCHEDULER'))?.latency).toBeGreaterThanOrEqual(5);
  });
});

describe('PUT /api/v2.0/jobservice/queues/{job_type}', () => {
  it('pauses a type, whose tasks then stay where they are, and resumes it', async () => {
    const task = await launch();
    expect((await act('retention', 'pause')).status).toBe(200);
    expect((await act('RETENTION', 'pause')).status).toBe(200);
    expect(await lastEntry()).toMatchObject({ operation: 'pause', resource_type: 'job-queue', resource: 'RETENTION' });
    expect(await queue('RETENTION')).toMatchObject({ count: 1, paused: true });
    expect(await queue('WEBHOOK')).toMatchObject({ paused: false });
    expect(await tasks.claim({ taskId: task.id }, clock.nowMs())).toBeUndefined();
    expect((await act('RETENTION', 'resume')).status).toBe(200);
    expect(await lastEntry()).toMatchObject({ operation: 'resume', resource_type: 'job-queue', resource: 'RETENTION' });
    expect(await queue('RETENTION')).toMatchObject({ paused: false });
    expect(await tasks.claim({ taskId: task.id }, clock.nowMs())).toBeDefined();
  });

  it('wakes what is due when a type is resumed', async () => {
    const sent: unknown[] = [];
    const waking = createHarness({}, async ({ binding, args }, invoke) => {
      if (binding !== 'JOBS') return invoke();
      return void sent.push(...args);
    });
    waking.clock.advance(600_000);
    const { id } = await launch();
    const headers = { ...asAdmin, 'content-type': 'application/json' };
    const body = JSON.stringify({ action: 'resume' });
    await waking.request('PUT', `${API}/queues/all`, { headers, body });
    await expect.poll(() => JSON.stringify(sent)).toContain(`{"taskId":${id}}`);
  });

  it('pauses and resumes all types, the schedules with them', async () => {
    const paused = async () => (await read<Queue[]>('/queues')).map((each) => each.paused);
    await act('all', 'pause');
    expect(new Set(await paused())).toEqual(new Set([true]));
    expect(await lastEntry()).toMatchObject({ resource: 'ALL' });
    await act('SCHEDULER', 'resume');
    expect(await queue('SCHEDULER')).toMatchObject({ paused: false });
    await act('ALL', 'resume');
    expect(new Set(await paused())).toEqual(new Set([false]));
  });

  it('ends what waits of a type, now or for another try, and leaves what runs', async () => {
    const runs = await running();
    const retried = await running();
    const nowMs = clock.nowMs();
    await tasks.fail({ task: { ...retried, failures: 1 }, message: 'x', log: '', retryAtMs: nowMs + 60_000, nowMs });
    const waiting = await launch();
    const other = await launch({ vendorType: 'WEBHOOK' });
    expect((await act('RETENTION', 'stop')).status).toBe(200);
    expect(await statusOf(runs.id)).toBe('Running');
    expect(await statusOf(retried.id)).toBe('Stopped');
    expect(await statusOf(waiting.id)).toBe('Stopped');
    expect(await statusOf(other.id)).toBe('Pending');
    expect(await queue('RETENTION')).toMatchObject({ count: 0, latency: 0 });
    expect(await lastEntry()).toMatchObject({ operation: 'stop', resource_type: 'job-queue', resource: 'RETENTION' });
    await act('all', 'stop');
    expect(await statusOf(other.id)).toBe('Stopped');
  });

  it('ends more than one batch of them, in one lane', async () => {
    const { executionId } = await launch({ vendorType: 'WEBHOOK' });
    await testEnv.DB.prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1200)
       insert into tasks (execution_id, vendor_type, job_id, lane, status, parameters, results, due_at_ms, created_at_ms, updated_at_ms)
       select ?, 'WEBHOOK', 'bulk-' || i, 'WEBHOOK:bulk', 'Pending', '{}', '{}', 8640000000000000, 0, 0 from n`,
    )
      .bind(executionId)
      .run();
    expect(await queue('WEBHOOK')).toMatchObject({ count: 1201 });
    expect((await act('WEBHOOK', 'stop')).status).toBe(200);
    expect(await queue('WEBHOOK')).toMatchObject({ count: 0 });
    const counted = testEnv.DB.prepare('select status, stopped_count from executions where id = ?').bind(executionId);
    expect(await counted.first()).toEqual({ status: 'Stopped', stopped_count: 1201 });
  });

  it('answers 404 for a type that is none', async () => {
    const response = await act('NO_SUCH', 'pause');
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toMatchObject({ code: 'NOT_FOUND', message: 'job type NO_SUCH not found' });
    expect((await act('NO_SUCH', 'stop')).status).toBe(404);
    expect((await act('NO_SUCH', 'resume')).status).toBe(404);
  });

  it('answers 400 without an action, and 422 for one that is none', async () => {
    const without = await put('/queues/all', {});
    expect(without.status).toBe(400);
    expect(await errorOf(without)).toMatchObject({ message: 'the action is not supported' });
    const unknown = await act('all', 'purge');
    expect(unknown.status).toBe(422);
    expect((await errorOf(unknown)).message).toBe('action in body should be one of [stop pause resume]');
  });

  it('answers 401 to nobody and 403 to who is no administrator', async () => {
    expect((await put('/queues/all', { action: 'pause' }, {})).status).toBe(401);
    expect((await put('/queues/all', { action: 'pause' }, outsider)).status).toBe(403);
  });
});

describe('GET /api/v2.0/schedules/{job_type}/paused', () => {
  const paused = (jobType: string, headers: Record<string, string> = asAdmin) =>
    harness.request('GET', `/api/v2.0/schedules/${jobType}/paused`, { headers });

  it('tells whoever is somebody whether schedules are paused', async () => {
    expect(await (await paused('all', outsider)).json()).toEqual({ paused: false });
    await act('SCHEDULER', 'pause');
    expect(await (await paused('ALL')).json()).toEqual({ paused: true });
  });

  it('answers 400 for one type, and 401 to nobody', async () => {
    const one = await paused('RETENTION');
    expect(one.status).toBe(400);
    expect(await errorOf(one)).toMatchObject({ message: "job_type can only be 'all'" });
    expect((await paused('all', {})).status).toBe(401);
  });
});
