import { beforeEach, describe, expect, it } from 'vitest';
import { D1ExecutionStore } from '#adapters/d1/execution-store';
import { D1TaskStore } from '#adapters/d1/task-store';
import { AppError } from '#core/errors';
import { newMutation } from '#domain/events/mutation';
import { JobFailure, type JobHandler } from '#domain/jobs/job-handler';
import { JobRunner } from '#domain/jobs/job-runner';
import { JobService } from '#domain/jobs/job-service';
import type { JobSlice } from '#domain/jobs/job-slice';
import { type LaunchRequest, newLaunch, newTask } from '#domain/jobs/launch';
import { LEASE_MS } from '#domain/jobs/lease';
import type { WakeUp } from '#domain/jobs/task-store';
import { TestClock } from '#test/support/harness';
import { testEnv } from '#test/support/server';

const MINUTE_MS = 60_000;
const ACTOR = { username: 'admin', sourceAddress: undefined };
const AUDIT = {
  projectId: undefined,
  operation: 'stop',
  resourceType: 'job',
  resource: 'job',
  description: 'stop job',
};

/** Counts to the parameter `until`, a number a slice. */
const counter: JobHandler = {
  async runSlice(slice) {
    const { parameters, cursor } = slice.task;
    const count = Number(cursor?.['count'] ?? 0) + 1;
    slice.log(`counted ${count}`);
    await slice.save(count < Number(parameters['until']) ? slice.next({ count }, { count }) : slice.done({ count }));
  },
};

let vendorId = 1_000;
beforeEach(() => {
  vendorId++;
});

function createJobs(runSlice: JobHandler['runSlice'] = counter.runSlice) {
  const clock = new TestClock();
  const db = testEnv.DB;
  const sent: WakeUp[] = [];
  const delayed: { readonly taskId: number | undefined; readonly delayMs: number }[] = [];
  const queue = {
    async send(wakeUps: readonly WakeUp[], delayMs?: number) {
      if (delayMs === undefined) sent.push(...wakeUps);
      else delayed.push({ taskId: wakeUps[0]?.taskId, delayMs });
    },
  };
  const background = (work: Promise<unknown>) => void work;
  const executions = new D1ExecutionStore({ db });
  const jobs = new JobService({ executions, queue, background, clock });
  const handler = { runSlice };
  const handlers = { RETENTION: handler, GARBAGE_COLLECTION: handler, WEBHOOK: handler };
  const runner = new JobRunner({ tasks: new D1TaskStore({ db }), queue, handlers, clock, report: () => undefined });
  const launch = (more: Partial<LaunchRequest> = {}) =>
    jobs.launch(
      newLaunch({
        vendorType: 'RETENTION',
        vendorId,
        trigger: 'MANUAL',
        operator: 'admin',
        parameters: { until: 3 },
        nowMs: clock.nowMs(),
        ...more,
      }),
    );
  const execution = (id: number) => jobs.get(id, { vendorTypes: ['RETENTION', 'WEBHOOK'], vendorId });
  const tasksOf = async (id: number) => (await jobs.listTasks(id, {}, { limit: 10, offset: 0 })).items;
  const firstTask = async (id: number) => {
    const [task] = await tasksOf(id);
    if (!task) throw new Error('no task');
    return task;
  };
  const logOf = async (id: number) => {
    let text = '';
    for await (const piece of jobs.readLog((await firstTask(id)).id)) text += piece;
    return text;
  };
  return { clock, db, sent, delayed, jobs, executions, runner, launch, execution, tasksOf, firstTask, logOf };
}

describe('a task', () => {
  it('is run slice by slice to one final status, and its execution with it', async () => {
    const { launch, sent, runner, execution, firstTask, logOf } = createJobs();
    const id = await launch();
    expect(await execution(id)).toMatchObject({ status: 'Running', taskCounts: { pending: 1 }, endedAtMs: undefined });
    expect(sent).toEqual([{ taskId: (await firstTask(id)).id }]);
    await runner.run(sent[0] as WakeUp);
    expect(await firstTask(id)).toMatchObject({ status: 'Success', results: { count: 3 }, failures: 0 });
    expect(await execution(id)).toMatchObject({
      status: 'Success',
      taskCounts: { pending: 0, running: 0, success: 1 },
      endedAtMs: expect.any(Number),
      results: { count: 3 },
    });
    expect(await logOf(id)).toMatch(/^\S+Z counted 1\n\S+Z counted 2\n\S+Z counted 3\n$/);
  });

  it('is done once, though its message comes twice, at once or later', async () => {
    let slices = 0;
    const jobs = createJobs(async (slice) => {
      slices++;
      await counter.runSlice(slice);
    });
    const id = await jobs.launch();
    const wakeUp = jobs.sent[0] as WakeUp;
    await Promise.all([jobs.runner.run(wakeUp), jobs.runner.run(wakeUp)]);
    await jobs.runner.run(wakeUp);
    expect(slices).toBe(3);
    expect(await jobs.execution(id)).toMatchObject({ status: 'Success' });
  });

  it('hands itself on when the consumer’s time is up, and only the message it sent goes on', async () => {
    const jobs = createJobs(async (slice) => {
      jobs.clock.advance(6_000);
      await counter.runSlice(slice);
    });
    const id = await jobs.launch();
    await jobs.runner.run(jobs.sent[0] as WakeUp);
    const task = await jobs.firstTask(id);
    expect(task).toMatchObject({ status: 'Running', cursor: { count: 2 } });
    const [, handedOn] = jobs.sent;
    expect(handedOn).toEqual({ taskId: task.id, revision: task.revision });
    await jobs.runner.run({ taskId: task.id });
    expect(await jobs.firstTask(id)).toMatchObject({ status: 'Running', cursor: { count: 2 } });
    await jobs.runner.run(handedOn as WakeUp);
    expect(await jobs.firstTask(id)).toMatchObject({ status: 'Success', failures: 0 });
  });

  it('goes on from its cursor when its consumer died', async () => {
    let isDead = true;
    const jobs = createJobs(async (slice) => {
      if (isDead && slice.task.cursor) return new Promise(() => undefined);
      await counter.runSlice(slice);
    });
    const id = await jobs.launch();
    void jobs.runner.run(jobs.sent[0] as WakeUp);
    await expect.poll(async () => (await jobs.firstTask(id)).cursor).toEqual({ count: 1 });
    await jobs.runner.wakeDue();
    const before = jobs.sent.length;
    isDead = false;
    jobs.clock.advance(LEASE_MS + 1);
    await jobs.runner.wakeDue();
    const { id: taskId } = await jobs.firstTask(id);
    expect(jobs.sent.slice(before)).toContainEqual({ taskId });
    await jobs.runner.run({ taskId });
    expect(await jobs.firstTask(id)).toMatchObject({ status: 'Success', results: { count: 3 } });
    expect(await jobs.logOf(id)).toMatch(/counted 1\n.*counted 2\n.*counted 3\n$/);
  });

  it('fails with a reason when it goes quiet again and again', async () => {
    const jobs = createJobs(() => new Promise(() => undefined));
    const id = await jobs.launch();
    const { id: taskId } = await jobs.firstTask(id);
    for (let round = 0; round < 5; round++) {
      void jobs.runner.run({ taskId });
      await expect.poll(async () => (await jobs.firstTask(id)).status).not.toBe('Pending');
      await new Promise((resolve) => setTimeout(resolve, 50));
      jobs.clock.advance(LEASE_MS + 1);
    }
    expect(await jobs.firstTask(id)).toMatchObject({
      status: 'Error',
      statusMessage: 'it went quiet 4 times in a row',
    });
    expect(await jobs.execution(id)).toMatchObject({
      status: 'Error',
      statusMessage: 'it went quiet 4 times in a row',
    });
  });

  it('is tried again after a failure, later and later, and then fails with words that carry no internals', async () => {
    const jobs = createJobs(async () => {
      throw new Error('password=secret');
    });
    const id = await jobs.launch();
    const { id: taskId } = await jobs.firstTask(id);
    for (const [failures, waitMs] of [10_000, MINUTE_MS, 5 * MINUTE_MS].entries()) {
      await jobs.runner.run({ taskId });
      expect(await jobs.firstTask(id)).toMatchObject({ status: 'Scheduled', failures: failures + 1 });
      jobs.clock.advance(waitMs - 1_000);
      await jobs.runner.run({ taskId });
      expect(await jobs.firstTask(id)).toMatchObject({ status: 'Scheduled', failures: failures + 1 });
      jobs.clock.advance(1_001);
    }
    await jobs.runner.run({ taskId });
    expect(await jobs.firstTask(id)).toMatchObject({ status: 'Error', statusMessage: 'internal error' });
    expect(await jobs.logOf(id)).not.toContain('secret');
    expect(await jobs.logOf(id)).toContain('Failed: internal error; trying again in 300 s.');
    // Messages of its own wake it, as the tick comes once a minute.
    expect(jobs.delayed).toEqual([11_000, 61_000, 301_000].map((delayMs) => ({ taskId, delayMs })));
  });

  it('that no retry mends fails at once, in its own words', async () => {
    const jobs = createJobs(async (slice: JobSlice) => {
      slice.log('looked at it');
      throw new JobFailure('the policy is gone');
    });
    const id = await jobs.launch();
    await jobs.runner.run(jobs.sent[0] as WakeUp);
    expect(await jobs.firstTask(id)).toMatchObject({ status: 'Error', statusMessage: 'the policy is gone' });
    expect(await jobs.logOf(id)).toMatch(/looked at it\n.*the policy is gone; giving up\.\n$/);
  });

  it('whose slice forgets to commit, or that nothing does, fails instead of running for ever', async () => {
    const jobs = createJobs(async () => undefined);
    const forgetful = await jobs.launch();
    await jobs.runner.run(jobs.sent[0] as WakeUp);
    expect(await jobs.firstTask(forgetful)).toMatchObject({ status: 'Scheduled', failures: 1 });
    const unknown = await jobs.launch({ vendorType: 'SLACK' });
    await jobs.runner.run(jobs.sent[1] as WakeUp);
    expect(await jobs.firstTask(unknown)).toMatchObject({ status: 'Error', statusMessage: 'nothing here does SLACK' });
  });

  it('ends in Error, with its reason, when its messages reach the dead letters', async () => {
    const jobs = createJobs();
    const id = await jobs.launch();
    await jobs.runner.giveUp(jobs.sent[0] as WakeUp);
    expect(await jobs.firstTask(id)).toMatchObject({
      status: 'Error',
      statusMessage: 'its messages could not be handled',
    });
    await jobs.runner.giveUp(jobs.sent[0] as WakeUp);
    await jobs.runner.run(jobs.sent[0] as WakeUp);
    expect(await jobs.execution(id)).toMatchObject({ status: 'Error', taskCounts: { error: 1, success: 0 } });
  });
});

describe('stopping', () => {
  it('ends a run at once, and the slice under way has no effect', async () => {
    const jobs = createJobs(async (slice) => {
      if (slice.task.cursor) await jobs.jobs.stop(await jobs.execution(id), AUDIT, ACTOR);
      await counter.runSlice(slice);
    });
    const id: number = await jobs.launch();
    await jobs.runner.run(jobs.sent[0] as WakeUp);
    expect(await jobs.firstTask(id)).toMatchObject({ status: 'Stopped', cursor: { count: 1 }, results: { count: 1 } });
    expect(await jobs.execution(id)).toMatchObject({ status: 'Stopped', endedAtMs: expect.any(Number) });
    expect(await jobs.logOf(id)).toMatch(/counted 1\n\S+ Stopped by admin\.\n$/);
  });

  it('changes nothing of a run that has ended', async () => {
    const jobs = createJobs();
    const id = await jobs.launch();
    await jobs.runner.run(jobs.sent[0] as WakeUp);
    const before = await jobs.execution(id);
    jobs.clock.advance(MINUTE_MS);
    await jobs.jobs.stop(before, AUDIT, ACTOR);
    expect(await jobs.execution(id)).toEqual(before);
  });

  it('of one task leaves the others of its run', async () => {
    const jobs = createJobs();
    const request = { vendorType: 'RETENTION', vendorId } as const;
    const tasks = [1, 2, 3].map((until) => newTask(request, { until }));
    const id = await jobs.jobs.launch({
      ...newLaunch({ ...request, trigger: 'MANUAL', operator: 'admin', parameters: {}, nowMs: jobs.clock.nowMs() }),
      tasks,
    });
    const [, second] = await jobs.tasksOf(id);
    if (!second) throw new Error('no second task');
    await jobs.jobs.stopTask(second, AUDIT, ACTOR);
    await jobs.runner.run(jobs.sent[0] as WakeUp);
    expect((await jobs.tasksOf(id)).map(({ status }) => status)).toEqual(['Success', 'Stopped', 'Success']);
    expect(await jobs.execution(id)).toMatchObject({ status: 'Stopped', taskCounts: { success: 2, stopped: 1 } });
  });
});

describe('a lane', () => {
  it('has one task at a time, in the order they were made', async () => {
    const order: number[] = [];
    const jobs = createJobs(async (slice) => {
      order.push(slice.task.id);
      await slice.save(slice.done());
    });
    const ids = [await jobs.launch(), await jobs.launch(), await jobs.launch()];
    expect(jobs.sent).toHaveLength(1);
    const [first, second, third] = await Promise.all(ids.map(async (id) => (await jobs.firstTask(id)).id));
    for (const taskId of [third, second] as number[]) await jobs.runner.run({ taskId });
    expect(order).toEqual([]);
    await jobs.runner.run({ taskId: first as number });
    expect(order).toEqual([first, second, third]);
  });

  it('goes on when the task before failed for good or was stopped, and waits while it is to be tried again', async () => {
    let failWith: Error | undefined = new AppError('SERVICE_UNAVAILABLE', { message: 'not now' });
    const jobs = createJobs(async (slice) => {
      if (failWith && slice.task.parameters['until'] === 1) throw failWith;
      await slice.save(slice.done());
    });
    const failing = await jobs.launch({ parameters: { until: 1 } });
    const [stopped, waiting] = [await jobs.launch(), await jobs.launch()];
    await jobs.runner.run(jobs.sent[0] as WakeUp);
    expect(await jobs.firstTask(stopped)).toMatchObject({ status: 'Pending' });
    await jobs.jobs.stop(await jobs.execution(stopped), AUDIT, ACTOR);
    failWith = new JobFailure('never');
    jobs.clock.advance(11_000);
    await jobs.runner.run(jobs.sent[0] as WakeUp);
    const statuses = await Promise.all(
      [failing, stopped, waiting].map(async (id) => (await jobs.firstTask(id)).status),
    );
    expect(statuses).toEqual(['Error', 'Stopped', 'Success']);
  });
});

describe('a launch', () => {
  it('is made once a key, and leaves its parameters and audit row', async () => {
    const jobs = createJobs();
    const launchKey = `event:${crypto.randomUUID()}`;
    const mutation = newMutation({ ...AUDIT, operation: 'create' }, ACTOR, jobs.clock);
    const first = await jobs.launch({ launchKey, trigger: 'EVENT', mutation });
    expect(await jobs.launch({ launchKey, trigger: 'EVENT' })).toBe(first);
    expect(await jobs.tasksOf(first)).toHaveLength(1);
    expect(await jobs.execution(first)).toMatchObject({
      trigger: 'EVENT',
      operator: 'admin',
      parameters: { until: 3 },
    });
  });

  it('without tasks is done', async () => {
    const jobs = createJobs();
    const request = {
      vendorType: 'RETENTION',
      vendorId,
      trigger: 'MANUAL',
      operator: 'admin',
      parameters: {},
    } as const;
    const id = await jobs.jobs.launch({ ...newLaunch({ ...request, nowMs: jobs.clock.nowMs() }), tasks: [] });
    expect(await jobs.execution(id)).toMatchObject({ status: 'Success', endedAtMs: expect.any(Number) });
  });

  it('forgets the oldest ended runs of its policy beyond those that are kept, with tasks and logs', async () => {
    const jobs = createJobs();
    const ids: number[] = [];
    for (let index = 0; index < 53; index++) {
      const id = await jobs.launch({ parameters: { until: 1 } });
      await jobs.runner.run({ taskId: (await jobs.firstTask(id)).id });
      ids.push(id);
    }
    const { items, total } = await jobs.jobs.list({ vendorTypes: ['RETENTION'], vendorId }, { limit: 100, offset: 0 });
    expect(total).toBe(50);
    expect(items.map(({ id }) => id)).toEqual(ids.slice(3).reverse());
    const orphans = await jobs.db
      .prepare('select count(*) as count from task_logs where task_id not in (select id from tasks)')
      .first<number>('count');
    expect(orphans).toBe(0);
  });
});

describe('pausing a kind of work', () => {
  it('keeps its tasks waiting, and no others', async () => {
    const jobs = createJobs();
    await jobs.db.prepare(`insert into paused_queues (vendor_type, paused_at_ms) values ('RETENTION', 1)`).run();
    const [paused, other] = [await jobs.launch(), await jobs.launch({ vendorType: 'WEBHOOK' })];
    for (const wakeUp of jobs.sent.slice()) await jobs.runner.run(wakeUp);
    expect(await jobs.firstTask(paused)).toMatchObject({ status: 'Pending' });
    expect(await jobs.firstTask(other)).toMatchObject({ status: 'Success' });
    const before = jobs.sent.length;
    await jobs.runner.wakeDue();
    const { id: taskId } = await jobs.firstTask(paused);
    expect(jobs.sent.slice(before)).not.toContainEqual({ taskId });
    await jobs.db.prepare('delete from paused_queues').run();
    await jobs.runner.wakeDue();
    expect(jobs.sent.slice(before)).toContainEqual({ taskId });
  });
});

describe('a log', () => {
  it('is bounded, and says so', async () => {
    const jobs = createJobs(async (slice) => {
      slice.log('x'.repeat(100_000));
      await counter.runSlice(slice);
    });
    const id = await jobs.launch();
    const { id: taskId } = await jobs.firstTask(id);
    await jobs.db
      .prepare(
        `insert into task_logs (task_id, position, text, at_ms)
         with recursive n (i) as (select 1 union all select i + 1 from n where i < 498) select ?, i, '', 0 from n`,
      )
      .bind(taskId)
      .run();
    await jobs.runner.run({ taskId });
    const log = await jobs.logOf(id);
    expect(log.length).toBeLessThan(64_100);
    expect(log).toMatch(/x…\nThe log is full; what follows is not written down\.\n$/);
  });

  it('is forgotten after two weeks', async () => {
    const jobs = createJobs();
    const id = await jobs.launch();
    await jobs.runner.run(jobs.sent[0] as WakeUp);
    jobs.clock.advance(13 * 24 * 60 * MINUTE_MS);
    await jobs.jobs.forgetOldLogs();
    expect(await jobs.logOf(id)).not.toBe('');
    jobs.clock.advance(2 * 24 * 60 * MINUTE_MS);
    await jobs.jobs.forgetOldLogs();
    expect(await jobs.logOf(id)).toBe('');
  });
});
