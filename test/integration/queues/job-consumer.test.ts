import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { newLaunch } from '#domain/jobs/launch';
import { consume } from '#queues/consumer';
import { createJobHarness } from '#test/support/jobs';
import { testEnv } from '#test/support/server';

const harness = createJobHarness();
const { services, clock } = harness;

async function deliver(bodies: readonly unknown[], queue = 'roadstead-jobs', to = services) {
  const messages = bodies.map((body) => ({ id: crypto.randomUUID(), timestamp: new Date(0), attempts: 1, body }));
  const batch = createMessageBatch(queue, messages);
  const failure = await consume(batch, to).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { failure, ...(await getQueueResult(batch, createExecutionContext())) };
}

const letters = async (queue: string) => {
  const query = testEnv.DB.prepare('select body from dead_letters where queue = ?').bind(queue);
  return (await query.all<{ body: string }>()).results.map(({ body }) => body);
};

let vendorId = 5_000;
async function launch() {
  const executionId = await services.jobs.launch(
    newLaunch({
      vendorType: 'WEBHOOK',
      vendorId: ++vendorId,
      trigger: 'EVENT',
      operator: 'admin',
      parameters: {},
      nowMs: clock.nowMs(),
    }),
  );
  return services.jobs.getFirstTask(executionId);
}

const found = (id: number) =>
  testEnv.DB.prepare('select status, status_message from tasks where id = ?').bind(id).first();

describe('the consumer of jobs', () => {
  it('keeps a message nobody understands where an operator finds it, and runs the others', async () => {
    const task = await launch();
    const poison = [{ nonsense: 1 }, 'text', null, { taskId: 'x' }, { taskId: 1.5 }, [], { taskId: 1, revision: {} }];
    const { failure } = await deliver([...poison, { taskId: task.id }]);
    expect(failure).toBeUndefined();
    expect((await letters('roadstead-jobs')).sort()).toEqual(poison.map((body) => JSON.stringify(body)).sort());
    expect(await found(task.id)).not.toMatchObject({ status: 'Pending' });
  });

  it('has nothing to do for a task that never was', async () => {
    expect((await deliver([{ taskId: 987_654 }, { taskId: -1 }])).failure).toBeUndefined();
  });

  it('asks again for those alone that could not be run', async () => {
    const ran: number[] = [];
    const jobRunner = {
      run: async ({ taskId }: { taskId: number }) => {
        if (taskId === 2) throw new Error('the database is away');
        ran.push(taskId);
      },
    };
    const broken = { ...services, jobRunner } as unknown as typeof services;
    const { failure, retryMessages, explicitAcks } = await deliver(
      [{ taskId: 1 }, { taskId: 2 }, { taskId: 3 }],
      undefined,
      broken,
    );
    expect(failure).toMatchObject({ message: 'the database is away' });
    expect(ran).toEqual([1, 3]);
    expect(retryMessages).toHaveLength(1);
    expect(explicitAcks).toHaveLength(2);
  });
});

describe('a dead letter of jobs', () => {
  it('ends its task with the reason, and is kept', async () => {
    const task = await launch();
    const { failure, ackAll } = await deliver([{ taskId: task.id }], 'roadstead-jobs-dead');
    expect([failure, ackAll]).toEqual([undefined, true]);
    expect(await found(task.id)).toEqual({ status: 'Error', status_message: 'its messages could not be handled' });
    const execution = testEnv.DB.prepare('select status, status_message from executions where id = ?');
    expect(await execution.bind(task.executionId).first()).toEqual({
      status: 'Error',
      status_message: 'its messages could not be handled',
    });
    expect(await letters('roadstead-jobs-dead')).toContain(`{"taskId":${task.id}}`);
  });

  it('of a task that is run, or has ended, changes nothing', async () => {
    const task = await launch();
    const set = (status: string, dueAtMs: number | null) =>
      testEnv.DB.prepare('update tasks set status = ?, due_at_ms = ? where id = ?')
        .bind(status, dueAtMs, task.id)
        .run();
    await set('Running', clock.nowMs() + 30_000);
    await deliver([{ taskId: task.id }], 'roadstead-jobs-dead');
    expect(await found(task.id)).toMatchObject({ status: 'Running' });
    await set('Success', null);
    await deliver([{ taskId: task.id }], 'roadstead-jobs-dead');
    expect(await found(task.id)).toMatchObject({ status: 'Success' });
  });

  it('that nobody understands is kept, too', async () => {
    await deliver([{ kind: 'nonsense' }], 'roadstead-jobs-dead');
    expect(await letters('roadstead-jobs-dead')).toContain('{"kind":"nonsense"}');
  });
});
