import { beforeEach, describe, expect, it } from 'vitest';
import type { Harness } from '#test/support/harness';
import { createJobHarness, runDueJobs } from '#test/support/jobs';
import { asAdmin, basic, errorOf, insertUser, testEnv } from '#test/support/server';

const harness: Harness = createJobHarness();
const PURGE = '/api/v2.0/system/purgeaudit';
const HOUR_MS = 3_600_000;
const WANTED = { audit_retention_hour: 24, include_event_types: 'create_artifact,pull_artifact', dry_run: false };

function send(method: string, path: string, body?: unknown, headers: Record<string, string> = asAdmin) {
  return harness.request(method, `${PURGE}${path}`, {
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

async function read(path: string): Promise<unknown> {
  const response = await send('GET', path);
  expect(response.status).toBe(200);
  return response.json();
}

/** Begins a purge; answers its address. */
async function begin(parameters: object = WANTED): Promise<string> {
  const response = await send('POST', '/schedule', { schedule: { type: 'Manual' }, parameters });
  expect(response.status).toBe(201);
  const location = response.headers.get('location') ?? '';
  expect(location).toMatch(/^\/api\/v2\.0\/system\/purgeaudit\/[1-9]\d*$/);
  return location.slice(PURGE.length);
}

/** Entries of these types, so many hours old. */
async function insert(hours: number, ...types: readonly string[]): Promise<void> {
  const atMs = harness.clock.nowMs() - hours * HOUR_MS;
  const rows = types.map((type) => type.split('_'));
  await testEnv.DB.prepare(
    `insert into audit_log (operation_id, operation, resource_type, resource, username, description, is_success, at_ms)
     select lower(hex(randomblob(16))), value ->> 0, value ->> 1, 'somewhat', 'somebody', '', 1, ?2 from json_each(?1)`,
  )
    .bind(JSON.stringify(rows), atMs)
    .run();
}

const left = async () =>
  (
    await testEnv.DB.prepare(
      `select operation || '_' || resource_type type from audit_log where resource = 'somewhat' order by id`,
    ).all<{ type: string }>()
  ).results.map(({ type }) => type);

beforeEach(async () => {
  for (const table of ['audit_log', 'schedules', 'executions']) await testEnv.DB.prepare(`delete from ${table}`).run();
});

describe('a purge', () => {
  it('deletes old entries of the types it names, and tells how many in Harbor’s shape', async () => {
    await insert(25, 'create_artifact', 'pull_artifact', 'delete_artifact', 'create_user');
    await insert(23, 'create_artifact');
    const path = await begin();
    expect(await read(path)).toMatchObject({ job_status: 'Running', job_name: 'PURGE_AUDIT_LOG', job_kind: 'MANUAL' });
    await runDueJobs(harness);
    expect(await left()).toEqual(['delete_artifact', 'create_user', 'create_artifact']);
    const run = (await read(path)) as Record<string, unknown>;
    expect(run).toMatchObject({
      id: Number(path.slice(1)),
      job_status: 'Success',
      schedule: { type: 'Manual', next_scheduled_time: '0001-01-01T00:00:00.000Z' },
    });
    expect(JSON.parse(`${run['job_parameters']}`)).toEqual({ ...WANTED, purged: 2, kept: 0 });
    const log = await (await send('GET', `${path}/log`)).text();
    expect(log).toContain('Purge audit job start');
    expect(log).toContain('retention_hour:24, include_event_types:[create_artifact pull_artifact], dry_run:false');
    expect(log).toContain('Purged 2 rows of audit logs');
  });

  it('has the same numbers when it is dry, and deletes nothing', async () => {
    await insert(25, 'create_artifact', 'pull_artifact', 'create_user');
    const path = await begin({ ...WANTED, dry_run: true });
    await runDueJobs(harness);
    expect(await left()).toHaveLength(3);
    expect(JSON.parse(((await read(path)) as { job_parameters: string }).job_parameters)).toMatchObject({ purged: 2 });
    expect(await (await send('GET', `${path}/log`)).text()).toContain('[DRYRUN]Purged 2 rows of audit logs');
  });

  it('of no known type deletes nothing, as in Harbor', async () => {
    await insert(25, 'create_artifact');
    const path = await begin({ ...WANTED, include_event_types: 'nonsense' });
    await runDueJobs(harness);
    expect(await left()).toHaveLength(1);
    expect(await (await send('GET', `${path}/log`)).text()).toContain('No operation selected');
  });

  it('that is stopped deletes nothing more', async () => {
    await insert(25, 'create_artifact');
    const path = await begin();
    expect((await send('PUT', path)).status).toBe(200);
    await runDueJobs(harness);
    expect(await left()).toHaveLength(1);
    expect(await read(path)).toMatchObject({ job_status: 'Stopped' });
    // As in Harbor, there is nothing left to stop, and nothing wrong with that.
    expect((await send('PUT', path)).status).toBe(200);
  });

  it('is one of a history, newest first', async () => {
    const paths = [await begin(), await begin({ ...WANTED, dry_run: true })];
    await runDueJobs(harness);
    const ids = paths.map((path) => Number(path.slice(1)));
    const history = (await read('')) as { id: number }[];
    expect(history.map(({ id }) => id)).toEqual(ids.toReversed());
    const filtered = (await read(`?q=${encodeURIComponent(`id=${ids[0]}`)}`)) as { id: number }[];
    expect(filtered.map(({ id }) => id)).toEqual([ids[0]]);
    expect(((await read('?q=status%3DError')) as unknown[]).length).toBe(0);
    expect(((await read('?sort=id')) as { id: number }[]).map(({ id }) => id)).toEqual(ids);
    expect((await send('GET', '?q=colour%3Dred')).status).toBe(400);
  });
});

describe('the schedule of purges', () => {
  const set = (schedule: object, parameters: object = WANTED) =>
    send('PUT', '/schedule', { schedule, parameters, id: 0, status: 'read-only' });

  it('is null until it is set, is read in the shape of a run, and can be taken away', async () => {
    expect(await read('/schedule')).toBeNull();
    expect((await set({ type: 'Custom', cron: '0 30 4 * * *' })).status).toBe(200);
    const schedule = (await read('/schedule')) as Record<string, unknown>;
    expect(schedule).toMatchObject({
      job_kind: '0 30 4 * * *',
      job_status: 'Running',
      schedule: {
        type: 'Custom',
        cron: '0 30 4 * * *',
        next_scheduled_time: expect.stringMatching(/T04:30:00\.000Z$/),
      },
    });
    expect(JSON.parse(`${schedule['job_parameters']}`)).toEqual(WANTED);
    const created = await send('POST', '/schedule', { schedule: { type: 'Daily' }, parameters: WANTED });
    expect([created.status, created.headers.get('location')]).toEqual([201, `${PURGE}/0`]);
    expect(await read('/schedule')).toMatchObject({ schedule: { type: 'Daily' } });
    expect((await set({ type: 'None' })).status).toBe(200);
    expect(await read('/schedule')).toBeNull();
  });

  it('begins purges by itself', async () => {
    await set({ type: 'Hourly' });
    await insert(25, 'create_artifact');
    harness.clock.advance(HOUR_MS);
    await harness.services.schedules.fireDue();
    await runDueJobs(harness);
    expect(await left()).toEqual([]);
    expect(await read('')).toMatchObject([{ job_kind: 'SCHEDULE', schedule: { type: 'Schedule' } }]);
  });

  it('runs one now when it is set to Manual', async () => {
    expect((await set({ type: 'Manual' })).status).toBe(200);
    expect(await read('')).toHaveLength(1);
    expect(await read('/schedule')).toBeNull();
  });

  it.each([
    [{ type: 'Custom', cron: 'every day' }, WANTED, 400, /cron/],
    [{ type: 'Custom', cron: '' }, WANTED, 400, /cron/],
    [{ type: 'Custom', cron: '5 0 0 * * *' }, WANTED, 400, /Seconds/],
    [{ type: 'Custom', cron: '0 0 0 31 2 *' }, WANTED, 400, /cron/],
    [{ type: 'Sometimes' }, WANTED, 422, /schedule\.type/],
    [{}, WANTED, 400, /type of the schedule/],
    [null, WANTED, 400, /type of the schedule/],
    [{ type: 'Manual' }, {}, 400, /parameters/],
    [{ type: 'Manual' }, { ...WANTED, audit_retention_hour: 0 }, 400, /audit_retention_hour/],
    [{ type: 'Daily' }, { ...WANTED, audit_retention_hour: 240_001 }, 400, /240000/],
    [{ type: 'Daily' }, { audit_retention_hour: 1 }, 400, /include_event_types/],
  ])('is refused: %o with %o is %i', async (schedule, parameters, status, words) => {
    for (const method of ['PUT', 'POST']) {
      const response = await send(method, '/schedule', { schedule, parameters });
      expect(response.status).toBe(status);
      expect((await errorOf(response)).message).toMatch(words);
    }
    expect(await read('')).toEqual([]);
    expect(await read('/schedule')).toBeNull();
  });
});

describe('refused are', () => {
  const OPERATIONS = [
    ['GET', ''],
    ['GET', '/schedule'],
    ['POST', '/schedule'],
    ['PUT', '/schedule'],
    ['GET', '/1'],
    ['PUT', '/1'],
    ['GET', '/1/log'],
  ] as const;

  it('those who are nobody, and those who are no administrators', async () => {
    await insertUser(harness, 'purge-person', 'Passw0rd-purge');
    for (const [method, path] of OPERATIONS) {
      const body = path === '/schedule' && method !== 'GET' ? {} : undefined;
      expect((await send(method, path, body, {})).status).toBe(401);
      expect((await send(method, path, body, basic('purge-person', 'Passw0rd-purge'))).status).toBe(403);
    }
  });

  it('ids of no purge, be they of another kind of run', async () => {
    const gc = await harness.services.jobs.launch({
      vendorType: 'GARBAGE_COLLECTION',
      vendorId: 0,
      trigger: 'MANUAL',
      operator: 'admin',
      launchKey: crypto.randomUUID(),
      parameters: {},
      tasks: [],
      nowMs: harness.clock.nowMs(),
    });
    for (const id of [gc, 999_999]) {
      for (const [method, path] of OPERATIONS.filter(([, each]) => each.startsWith('/1'))) {
        expect((await send(method, path.replace('/1', `/${id}`))).status).toBe(404);
      }
    }
    expect((await send('GET', '/first')).status).toBe(422);
  });
});
